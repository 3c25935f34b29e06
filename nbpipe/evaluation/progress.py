"""Progress of the folds, in a terminal or a notebook; quiet for quick work."""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, Any, Self

from tqdm import TqdmWarning

from nbpipe.errors import UsageError
from nbpipe.evaluation.numbers import number

if TYPE_CHECKING:
    from nbpipe.evaluation.fold import Fold

QUIET_SECONDS = 1.0


class Progress:
    """A bar that shows each fold's test score as soon as it is there.

    Parameters
    ----------
    n_folds : int
    metric : str
        The metric shown beside the bar.
    wanted : bool, type or None
        None shows the bar in notebooks and terminals, after a second; a class of the kind of
        tqdm's is used in its place. ``TQDM_DISABLE`` in the environment hides it in any case.

    Raises
    ------
    UsageError
        When `wanted` is none of these.
    """

    def __init__(self, n_folds: int, metric: str, wanted: bool | type | None) -> None:
        able = isinstance(wanted, type) and hasattr(wanted, "set_postfix_str")
        if not (wanted is None or isinstance(wanted, bool) or able):
            raise UsageError(f"progress is True, False, None or a class like tqdm, not {wanted!r}.")
        self._metric = metric
        self._bar = _bar(n_folds, wanted)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def show(self, fold: Fold) -> None:
        """Count one fold as done."""
        score = number(fold.test_scores[self._metric])
        self._bar.set_postfix_str(f"fold {fold.number}: {self._metric} {score}", refresh=False)
        self._bar.update()


def _bar(n_folds: int, wanted: bool | type | None) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TqdmWarning)  # a notebook without ipywidgets gets text
        from tqdm.auto import tqdm  # noqa: PLC0415 - it warns where it is imported
    bar = wanted if isinstance(wanted, type) else tqdm
    silenced = os.environ.get("TQDM_DISABLE", "").lower() not in {"", "0", "false"}
    in_notebook = bar is not tqdm or "notebook" in tqdm.__mro__[1].__module__
    disable: bool | None = True if silenced or wanted is False else None
    if not silenced and (wanted is True or (wanted is not False and in_notebook)):
        disable = False
    delay = 0 if wanted is True else QUIET_SECONDS
    return bar(total=n_folds, desc="folds", unit="fold", leave=False, delay=delay, disable=disable)
