"""The checker: source -> facts -> rules -> findings, with the standard library alone."""
