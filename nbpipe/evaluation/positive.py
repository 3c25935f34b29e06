"""The class of a binary target that precision, recall and the like are about."""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import make_scorer

from nbpipe.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable


def with_positive_class(
    scorers: dict[str, Callable[..., float]], y: Any, pos_label: Any
) -> tuple[dict[str, Callable[..., float]], str]:
    """Point metrics of one class at the positive class where scikit-learn's default, 1, is none.

    Parameters
    ----------
    scorers : dict of str to callable
    y : array-like, shape (n,)
        A target of two classes.
    pos_label : class or None
        None means 1 where the target holds it, else the rarer class, which is what people look
        for; of two classes as frequent as each other, the last in sorted order.

    Returns
    -------
    scorers : dict of str to callable
    chosen : str
        Which class counts as positive and why; empty where scikit-learn's default holds.
    """
    classes, counts = np.unique(np.asarray(y), return_counts=True)
    known = classes.tolist()
    if pos_label is not None and (np.ndim(pos_label) or pos_label not in known):
        near = did_you_mean(str(pos_label), [str(each) for each in known])
        shown = " ".join(repr(pos_label).split())[:60]
        raise UsageError(
            f"pos_label={shown} is no class of y, which holds {known[0]!r} and {known[1]!r}.{near}"
        )
    if pos_label is None and 1 in known:
        return scorers, ""
    positive, why = pos_label, "given by you"
    if pos_label is None:
        positive = known[0] if counts[0] < counts[1] else known[1]
        why = f"the rarer class, {counts.min() / counts.sum():.1%} of the rows"
        if counts[0] == counts[1]:
            why = "the last in sorted order, both being as frequent"
        why += "; pos_label= sets another"
    pointed = {name: _pointed(scorer, positive) for name, scorer in scorers.items()}
    changed = any(scorer is not scorers[name] for name, scorer in pointed.items())
    return (pointed, f"{positive!r} ({why})") if changed else (scorers, "")


def _pointed(scorer: Any, positive: Any) -> Any:
    if not hasattr(scorer, "_score_func"):
        return scorer
    parameter = signature(scorer._score_func).parameters.get("pos_label")  # noqa: SLF001 - no public way to a scorer's function
    asks = parameter is not None and parameter.default == 1
    settled = "pos_label" in scorer._kwargs or scorer._kwargs.get("average", "binary") != "binary"  # noqa: SLF001 - likewise
    if not asks or settled:
        return scorer
    return make_scorer(
        scorer._score_func,  # noqa: SLF001 - likewise
        response_method=scorer._response_method,  # noqa: SLF001 - likewise
        greater_is_better=scorer._sign > 0,  # noqa: SLF001 - likewise
        pos_label=positive,
        **scorer._kwargs,  # noqa: SLF001 - likewise
    )
