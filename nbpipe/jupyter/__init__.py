"""The only code that knows Jupyter: magics, completion."""
