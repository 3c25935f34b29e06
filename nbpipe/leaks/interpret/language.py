"""The walk, put together from its parts."""

from __future__ import annotations

from nbpipe.leaks.interpret import calls, expressions, statements, store
from nbpipe.leaks.interpret.machine import Language

PYTHON = Language(
    walk=statements.walk,
    evaluate=expressions.evaluate,
    truth=expressions.truth,
    assign=store.assign,
    apply=calls.apply,
    enter=calls.enter,
)
