"""Versions in folders and behind URLs: found, listed, named by aliases, written whole."""
