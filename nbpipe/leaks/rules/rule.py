"""What every rule is: a code, a name, its text for people, and the examples that prove it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbpipe.leaks.findings import Finding, Severity
    from nbpipe.leaks.view import View


class Rule(ABC):
    """Base of the rules; the docstring of each is what ``nbpipe explain`` prints.

    Attributes
    ----------
    code, name : str
        Such as ``NB101`` and ``fitted-before-split``.
    severity : {"note", "review", "error"}
        The gravest that it reports.
    bad, good : tuple of str
        Scripts in which it finds something, at the line marked ``# found``, and nothing.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    bad: ClassVar[tuple[str, ...]] = ()
    good: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def find(self, view: View) -> Iterator[Finding]:
        """Return what is found in one document."""
