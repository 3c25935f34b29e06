"""What a look at a training set and its test set found: data first, then its renderings."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from nbpipe.evaluation.text import filled, remark, sentence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nbpipe.evaluation.columns import ColumnFact
    from nbpipe.evaluation.findings import Finding


@dataclass(frozen=True, slots=True)
class DataReport:
    """What `nbpipe.check_data` found. It holds row positions, never the rows themselves.

    Attributes
    ----------
    n_train, n_test, n_features : int
    findings : tuple of Finding
        The worst first: suspicious, watch, then notes.
    skipped : tuple of str
        What was not looked at, for want of an argument.
    columns : tuple of ColumnFact
        How well each column alone tells the target, the best first.
    shared : ndarray of int
        Positions in X_test of the rows that also stand in X_train.
    seconds : float
        Wall time of everything.
    """

    n_train: int
    n_test: int
    n_features: int
    findings: tuple[Finding, ...]
    skipped: tuple[str, ...]
    columns: tuple[ColumnFact, ...]
    shared: NDArray[np.intp]
    seconds: float

    @property
    def status(self) -> str:
        """Return the worst status found; "ok" where there is nothing but notes."""
        worst = self.findings[0].status if self.findings else "note"
        return "ok" if worst == "note" else worst

    @property
    def ok(self) -> bool:
        """Return True where nothing needs attention."""
        return self.status == "ok"

    def to_dict(self) -> dict[str, Any]:
        """Return everything but row positions as plain data, fit for JSON."""
        return {
            "n_train": self.n_train,
            "n_test": self.n_test,
            "n_features": self.n_features,
            "status": self.status,
            "ok": self.ok,
            "n_shared": len(self.shared),
            "findings": [asdict(each) for each in self.findings],
            "skipped": list(self.skipped),
            "columns": [asdict(each) for each in self.columns],
            "seconds": self.seconds,
        }

    def __str__(self) -> str:
        lines = [self.title, "", *filled(f"{self.status.upper()}. {self.reason}", "  verdict  ")]
        if not self.ok:
            lines += filled(self.findings[0].next_step, "  next     ")
        for each in self.others:
            lines += filled(remark(each), "  also     ")
        if self.skipped:
            lines += filled(sentence(", ".join(self.skipped)), "  skipped  ")
        return "\n".join([*lines, f"  in all {self.seconds:.1f} s"])

    def __repr__(self) -> str:
        return f"<DataReport {self.title}: {self.status}, findings: {len(self.findings)}>"

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self._repr_html_()}

    def _repr_html_(self) -> str:
        from nbpipe.evaluation.html import data_as_html  # noqa: PLC0415 - only a notebook needs it

        return data_as_html(self)

    @property
    def title(self) -> str:
        """Return what was looked at, in a few words."""
        return (
            f"{self.n_train:,} training rows, {self.n_test:,} test rows, "
            f"{self.n_features:,} feature{'s' * (self.n_features != 1)}"
        )

    @property
    def reason(self) -> str:
        """Return the reason of the worst finding, or that there is nothing to fear."""
        if self.ok:
            return "Nothing that was looked at speaks of a leak."
        return sentence(self.findings[0].reason)

    @property
    def others(self) -> tuple[Finding, ...]:
        """Return the findings that are not the verdict's reason."""
        return self.findings if self.ok else self.findings[1:]
