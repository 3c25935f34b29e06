"""What a model's input looks like: one `Feature` for each column that the pipeline reads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from sys import float_info
from typing import Literal

from nbpipe.bundle.tables import html_table, printable, text_table

LogicalType = Literal["number", "integer", "boolean", "text", "category", "datetime"]
Scalar = str | int | float | bool

_SHOWN_CATEGORIES = 6
_WHOLE = r"[uU]?[iI]nt\d{1,2}|[<>][iu]\d"
# The dtypes that numbers are learned from, and that they can be turned into.
_DTYPES = {"integer": _WHOLE, "number": _WHOLE + r"|[fF]loat\d{2,3}|[<>]f\d{1,2}|object"}


@dataclass(frozen=True, slots=True)
class Feature:
    """One column, as training saw it.

    Attributes
    ----------
    name : str
    type : {"number", "integer", "boolean", "text", "category", "datetime"}
        What a value must be. A column of whole numbers with gaps is a ``"number"``.
    dtype : str
        The pandas dtype at training, which is rebuilt for the pipeline.
    nullable : bool
        Whether training had missing values here.
    null : {"NaN", "None", "NA"}
        How training wrote a missing value; matters to encoders of object columns.
    categories : tuple or None
        Values known to the encoder that reads the column, or those of a categorical dtype.
    ordered : bool
        Whether a categorical dtype is ordered.
    unseen : {"warn", "error"} or None
        What another value does: ``"error"`` where the encoder would raise.
    minimum, maximum : float, int, str or None
        Range seen in training; times are ISO 8601 text.
    """

    name: str
    type: LogicalType
    dtype: str
    nullable: bool
    null: Literal["NaN", "None", "NA"] = "NaN"
    categories: tuple[Scalar, ...] | None = None
    ordered: bool = False
    unseen: Literal["warn", "error"] | None = None
    minimum: int | float | str | None = None
    maximum: int | float | str | None = None

    def seen(self) -> str:
        """Return the categories or the range, shortened and rounded for reading."""
        if self.categories is not None:
            shown = ", ".join(map(_brief, self.categories[:_SHOWN_CATEGORIES]))
            more = len(self.categories) - _SHOWN_CATEGORIES
            return shown + (f", ... {more} more" if more > 0 else "")
        return "" if self.minimum is None else f"{_brief(self.minimum)} to {_brief(self.maximum)}"


def _contradicts(feature: Feature) -> bool:
    """Say whether a feature's facts exclude each other, or cannot be compared with a value."""
    ends, kind = (feature.minimum, feature.maximum), feature.type
    if kind in _DTYPES and not re.fullmatch(_DTYPES[kind], feature.dtype):
        return True
    if ends == (None, None):
        return False
    if kind == "datetime":
        return not all(isinstance(end, str) for end in ends)
    if kind not in _DTYPES or not all(type(end) in {int, float} for end in ends):
        return True
    return any(isinstance(end, int) and abs(end) > float_info.max for end in ends)


def logical_kind(feature: Feature) -> str:
    """Return the logical type, that of its categories where it has them, of times with a zone."""
    if feature.type == "datetime" and "," in feature.dtype:
        return "zoned"
    if feature.type != "category":
        return feature.type
    kinds = {type(each) for each in feature.categories or ()}
    return "boolean" if kinds == {bool} else "number" if kinds <= {int, float} and kinds else "text"


def _brief(value: Scalar | None) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True, slots=True)
class Schema:
    """The columns that a model needs, in the order of training.

    Attributes
    ----------
    features : tuple of Feature
        Required at prediction.
    ignored : tuple of str
        Columns that training had and the pipeline drops: allowed at prediction, and not read.
    """

    features: tuple[Feature, ...]
    ignored: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the required columns."""
        return tuple(feature.name for feature in self.features)

    def contradiction(self) -> str:
        """Say why no training can have shown such columns, or nothing."""
        names = (*self.names, *self.ignored)
        if len(set(names)) < len(names):
            return "its schema has two columns of one name"
        wrong = [feature.name for feature in self.features if _contradicts(feature)]
        return f"its schema contradicts itself about column {wrong[0]!r:.60}" if wrong else ""

    def _rows(self) -> list[tuple[str, ...]]:
        return [(f.name, f.type, "yes" if f.nullable else "no", f.seen()) for f in self.features]

    def __repr__(self) -> str:
        shown = text_table(("feature", "type", "may be missing", "seen in training"), self._rows())
        return shown + (f"\nignored: {printable(', '.join(self.ignored))}" if self.ignored else "")

    def _repr_html_(self) -> str:
        return html_table(
            ("feature", "type", "may be missing", "seen in training"),
            self._rows(),
            f"Ignored: {', '.join(self.ignored)}" if self.ignored else "",
        )
