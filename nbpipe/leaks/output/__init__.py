"""How findings are shown: one reporter a file, each a function of what was checked."""
