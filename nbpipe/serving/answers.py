"""From the body of a request to that of its answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from nbpipe.bundle.trust.probe import as_lists
from nbpipe.errors import DataError
from nbpipe.serving.problems import listed

if TYPE_CHECKING:
    from nbpipe.bundle.model import Answer, Model


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as JSON, the number of its rows, and (column, kind, count) of what is unusual."""

    content: bytes
    rows: int
    warned: tuple[tuple[str, str, int], ...]


def reply(model: Model, given: Answer, *, many: bool) -> Reply:
    """Return what is told of a list, or of one record.

    Raises
    ------
    DataError
    """
    names = [class_name(label) for label in model.manifest.target.classes or ()]
    shares = as_lists(given.probabilities)
    predictions = [
        {
            "prediction": label,
            "probabilities": dict(zip(names, shares[row], strict=True)) if shares else None,
        }
        for row, label in enumerate(given.labels.tolist())
    ]
    told: dict[str, Any] = {"predictions": predictions} if many else predictions[0]
    told["model"] = {"name": model.name, "version": model.version}
    found = chain.from_iterable(each.problems() for each in given.warned)
    told["warnings"] = listed(found, many=many) if given.warned else []
    try:
        text = _ENCODER.encode(told)
    except ValueError:
        raise DataError("What the model predicts for these rows is not a finite number.") from None
    warned = tuple((each.column, each.kind, each.count) for each in given.warned)
    return Reply(text.encode(), len(given.labels), warned)


def class_name(label: Any) -> str:
    """Return a class as the name of a JSON member."""
    return str(label).lower() if isinstance(label, bool) else str(label)


_ENCODER = json.JSONEncoder(allow_nan=False)
