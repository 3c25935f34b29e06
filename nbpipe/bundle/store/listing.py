"""The versions found in a folder, as a sequence that shows itself as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

from nbpipe.bundle.tables import html_table, in_units, printable, text_table

if TYPE_CHECKING:
    from nbpipe.bundle.store.entry import Bundle
    from nbpipe.errors import BundleError

_HEADER = (
    "model",
    "version",
    "aliases",
    "created",
    "scikit-learn",
    "features",
    "test score",
    "verdict",
    "size",
)


class Models(Sequence["Bundle"]):
    """The versions found under a folder, oldest version first.

    Attributes
    ----------
    damaged : tuple of BundleError
        Why each folder that looks like a version cannot be read.
    where : str
        The folder or URL that was listed.
    """

    def __init__(
        self,
        bundles: Sequence[Bundle],
        damaged: Sequence[BundleError],
        hint: str = "",
        where: str = "",
    ) -> None:
        self._bundles = tuple(bundles)
        self.damaged = tuple(damaged)
        self._hint = hint
        self.where = where

    def __len__(self) -> int:
        return len(self._bundles)

    @overload
    def __getitem__(self, index: int) -> Bundle: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Bundle, ...]: ...
    def __getitem__(self, index: int | slice) -> Bundle | tuple[Bundle, ...]:
        return self._bundles[index]

    def __repr__(self) -> str:
        if not self._bundles:
            return "\n".join([f"No models here.{self._hint}", *self._unreadable()])
        shown = text_table(_HEADER, [_row(each) for each in self])
        return "\n".join([shown, *self._unreadable()])

    def _unreadable(self) -> list[str]:
        return [f"unreadable: {printable(str(error))}" for error in self.damaged]

    def _repr_html_(self) -> str:
        told = " ".join(f"Unreadable: {error}" for error in self.damaged)
        return html_table(_HEADER, [_row(each) for each in self], told)

    def to_dict(self) -> dict[str, Any]:
        """Return the listing as plain data."""
        return {
            "models": [bundle.to_dict() for bundle in self],
            "damaged": [{"path": error.path, "message": str(error)} for error in self.damaged],
        }


def _row(bundle: Bundle) -> tuple[str, ...]:
    facts = bundle.to_dict()
    return (
        bundle.name,
        bundle.version,
        ", ".join(bundle.aliases),
        written_at(bundle),
        facts["scikit_learn"],
        str(facts["features"]),
        scored(bundle),
        bundle.verdict or "",
        in_units(bundle.size),
    )


def written_at(bundle: Bundle) -> str:
    """Return when a version was exported, to the minute."""
    return bundle.manifest.created[:16].replace("T", " ")


def scored(bundle: Bundle) -> str:
    """Return the metric that a version was judged by and its score; "" without a report."""
    return "" if bundle.score is None else f"{bundle.score[0]} {bundle.score[1]:.3f}"
