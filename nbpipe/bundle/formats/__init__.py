"""The files that hold an estimator: one module a format."""
