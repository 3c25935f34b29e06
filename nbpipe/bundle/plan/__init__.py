"""A fitted pipeline compiled to arrays, from which numpy alone predicts."""
