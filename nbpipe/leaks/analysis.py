"""From a document to its findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbpipe.leaks.findings import Finding
    from nbpipe.leaks.source import Document


def analyse(document: Document) -> tuple[Finding, ...]:  # noqa: ARG001 - no rule yet
    """Return what the rules find."""
    return ()
