"""JupyterLab: leaks underlined while code is typed, by the page's half and the server's half."""
