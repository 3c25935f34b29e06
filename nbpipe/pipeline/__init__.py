"""Cell text -> spec -> scikit-learn Pipeline -> plain Python."""
