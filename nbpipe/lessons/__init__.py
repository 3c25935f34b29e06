"""The exercises of the lessons: they check themselves, hint, and show their solution."""
