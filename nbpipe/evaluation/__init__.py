"""Cross-validation -> report -> verdict -> figures."""
