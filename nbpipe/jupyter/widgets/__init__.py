"""Widgets: each a thin view over data that exists without it."""
