"""The ``nbpipe`` command: one module a verb, and nothing that the verb itself does not do."""
