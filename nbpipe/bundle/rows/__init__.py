"""Rows that a model is given: learned as a schema, read in many forms, and validated."""
