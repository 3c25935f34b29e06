"""``nbpipe.prompt``: a prompt for an AI assistant that names the columns, the gaps and the split.

"Train a model on my data" leaves an assistant to guess what the data is like, and it guesses the
code that it has seen most often. This prompt says what is so; it tells names, kinds and shares, and
no value of any cell unless that is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sklearn

from nbpipe.bundle.rows.learn import check_frame, describe
from nbpipe.errors import ExportError, NbpipeError, UsageError, did_you_mean
from nbpipe.evaluation.rows import check_rows
from nbpipe.evaluation.sides import guess_task
from nbpipe.evaluation.splits import choose_splitter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from nbpipe.evaluation.rows import Rows, Task

_MANY = 20  # categories: among more, most one-hot columns would be nearly empty
_SHOWN = 3  # values of a column, where values are asked for
_MAIN = {"binary": "F1 and ROC AUC", "multiclass": "macro-averaged F1", "regression": "R2 and MAE"}
_DUMMY = {"regression": "DummyRegressor()"}
_INSIDE = (
    """Every step that learns from data (imputing, scaling, encoding, selecting, resampling) is a \
step of one Pipeline, and `fit` sees training rows only. No `fit` or `fit_transform`, no statistic \
of a whole column and no resampling before the split.""",
    "Columns are addressed by name, in a ColumnTransformer; `X` stays a DataFrame.",
)
_AFTER = (
    """Choose models and settings inside the training part of each fold (nested search), never by \
the test scores that are reported.""",
    """Finally fit the pipeline on all rows. It must be exportable: no lambdas, no functions \
defined in the notebook.""",
)
_CLOSING = """\
Before you answer, go through the rules one by one and say for each where your code keeps it. If a \
column may be unknown at the moment of prediction, or you need a fact that is not here, ask \
instead of guessing."""


class Prompt(str):
    """A prompt as text, which a notebook shows as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def prompt(
    X: pd.DataFrame,
    y: Any,
    *,
    pipeline: Any = None,
    time: Any = None,
    groups: Any = None,
    unknown: Sequence[str] = (),
    values: bool = False,
) -> Prompt:
    """Write a prompt that asks for an honest model of this data.

    Parameters
    ----------
    X : DataFrame of shape (n, n_features)
    y : array-like of shape (n,)
    pipeline : estimator, optional
        What there is already, to be improved.
    time, groups : str or array-like, optional
        As for `nbpipe.cv`; they decide which split the prompt asks for.
    unknown : sequence of str
        Columns of `X` that are not known yet when a prediction is made.
    values : bool
        Whether a few values of each column may be shown. By default no value leaves the notebook.

    Returns
    -------
    Prompt
        A ``str``.

    Raises
    ------
    DataError
        `X`, `y`, `time` or `groups` cannot be used.
    UsageError
        `unknown` names no column of `X`.
    """
    check_frame(X)
    for name in unknown:
        if name not in X:
            raise UsageError(f"X has no column {name!r}.{did_you_mean(str(name), X.columns)}")
    rows = check_rows(X, y, groups, time)
    task = guess_task(np.asarray(rows.y))
    features = X.drop(columns=list(unknown))
    parts = [
        _question(rows, y, task),
        _columns(features, values=values),
        _forbidden(unknown),
        _rules(rows, features, task),
        _existing(pipeline),
        _CLOSING,
    ]
    return Prompt("\n\n".join(part for part in parts if part))


def _question(rows: Rows, y: Any, task: Task) -> str:
    name = f"`{y.name}`" if getattr(y, "name", None) else "the target"
    if task == "regression":
        kind = "a number, so this is a regression"
    else:
        counts = np.unique(np.asarray(rows.y), return_counts=True)[1]
        kind = (
            f"one of {len(counts)} classes; the rarest has {counts.min() / rows.n:.1%} of the rows"
        )
    release = ".".join(sklearn.__version__.split(".")[:2])
    return (
        f"Write Python for scikit-learn {release}: a pipeline that predicts {name} ({kind}), and "
        f"its honest evaluation. The data is there, as a pandas DataFrame `X` of {rows.n:,} rows "
        "and a target `y`; do not load or invent any."
    )


def _columns(X: pd.DataFrame, *, values: bool) -> str:
    lines = [f"- `{name}`: {_told(X[name], values=values)}" for name in X]
    return "\n".join(["The columns of `X` that you may use, and no others:", *lines])


def _told(column: pd.Series[Any], *, values: bool) -> str:
    kind = _kind(column)
    told = [kind]
    missing = float(column.isna().mean())
    if missing:
        told.append(f"{missing:.1%} missing" if missing >= 0.001 else "very few missing")  # noqa: PLR2004
    if kind in {"text", "category"}:
        told.append(f"{column.nunique()} different values")
    if values:
        seen = column.dropna().unique()[:_SHOWN].tolist()
        told.append("such as " + ", ".join(map(repr, seen)))
    return ", ".join(told)


def _kind(column: pd.Series[Any]) -> str:
    try:
        return describe(column).type
    except ExportError:  # of mixed kinds, which an assistant should know, too
        return f"{column.dtype} of mixed kinds"


def _forbidden(unknown: Sequence[str]) -> str:
    if not unknown:
        return ""
    return (
        f"Not known yet when a prediction is made, so never used: {_listed(unknown)}. Nor anything "
        "computed from them or from `y`."
    )


def _rules(rows: Rows, X: pd.DataFrame, task: Task) -> str:
    splitter, why = choose_splitter(None, rows, task, gap=0, n_splits=5)
    before = f"Sort the rows by {rows.time_name}. " if rows.time is not None else ""
    kinds = {name: _kind(X[name]) for name in X}
    words = [name for name, kind in kinds.items() if kind in {"text", "category"}]
    gaps = [name for name in X if X[name].isna().any()]
    split = f"`{type(splitter).__name__}(n_splits=5)`"
    rules = [f"{before}Split with {split} ({why}). No other split, and no shuffling.", *_INSIDE]
    if gaps:
        rules.append(f"Gaps are filled inside the pipeline: {_listed(gaps)} have some.")
    if words:
        rare = [name for name in words if X[name].nunique() > _MANY]
        rules.append(
            f"A category that training never saw must not stop a prediction: {_listed(words)}."
            + (f" Rare ones are put together (`min_frequency`): {_listed(rare)}." if rare else "")
        )
    scores, dummy = _MAIN.get(task, "as is usual"), _DUMMY.get(task, "DummyClassifier()")
    rules.append(
        f"Report the train and the test score of each fold ({scores}), the gap between them, and "
        f"`{dummy}` on the same folds."
    )
    rules += _AFTER
    return "\n".join(["Rules:", *(f"{n}. {rule}" for n, rule in enumerate(rules, start=1))])


def _existing(pipeline: Any) -> str:
    if pipeline is None:
        return ""
    from nbpipe.pipeline.code import to_python  # noqa: PLC0415 - only where there is one

    try:
        code = to_python(pipeline)
    except NbpipeError:
        code = repr(pipeline)
    return f"This is the pipeline so far; improve it, and keep what is right:\n\n{code.strip()}"


def _listed(names: Iterable[Any]) -> str:
    return ", ".join(f"`{name}`" for name in names)
