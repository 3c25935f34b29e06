"""Abstract interpretation: the notebook is walked with rows and fits in place of values."""
