"""Reports and comparisons shown as widgets, and as ever where there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbpipe.errors import extra
from nbpipe.evaluation.compare import Comparison
from nbpipe.evaluation.report import CVReport
from nbpipe.evaluation.study import Study, keep_studies, study_again, study_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    Bundle = tuple[dict[str, Any], dict[str, Any]]


def explore(
    report: CVReport | Comparison,
    pipeline: Any = None,
    X: Any = None,
    y: Any = None,
    *,
    scoring: Any = None,
    pos_label: Any = None,
    sample_weight: Any = None,
    params: Mapping[str, Any] | None = None,
) -> Any:
    """Return the gap explorer of a report, or of reports side by side, as a widget.

    Displaying a report shows it anyway. What the report was made from is known where
    ``%load_ext nbpipe`` ran before `nbpipe.cv`; elsewhere, give it again for the curves.

    Parameters
    ----------
    report : CVReport or Comparison
    pipeline : scikit-learn estimator, optional
    X : DataFrame, array or sparse matrix, shape (n, n_features), optional
    y : array-like, shape (n,), optional
    scoring, pos_label, sample_weight, params : optional
        As they were given to `nbpipe.cv`.

    Returns
    -------
    ipywidgets.VBox

    Raises
    ------
    MissingExtraError
        When ipywidgets is not installed.
    UsageError, DataError
        When the pipeline or the rows cannot be those of the report.
    """
    with extra("lab", "The gap explorer needs ipywidgets"):
        from nbpipe.jupyter.widgets.explorer import Explorer, SideBySide  # noqa: PLC0415
    if isinstance(report, Comparison):
        return SideBySide(report).view
    study: Study | None = study_of(report)
    if pipeline is not None:
        study = study_again(
            report, pipeline, X, y,
            scoring=scoring, pos_label=pos_label, sample_weight=sample_weight, params=params,
        )  # fmt: skip
    return Explorer(report, study).view


def show_widgets(shell: Any) -> None:
    """Let an IPython kernel show reports as widgets, and keep what their curves need."""
    keep_studies(on=True)
    for kind in (CVReport, Comparison):
        shell.display_formatter.mimebundle_formatter.for_type(kind, _bundle)


def hide_widgets(shell: Any) -> None:
    """Let a shell show reports as they show themselves."""
    keep_studies(on=False)
    for kind in (CVReport, Comparison):
        shell.display_formatter.mimebundle_formatter.pop(kind, None)


def _bundle(shown: CVReport | Comparison, **_: object) -> Bundle:
    """Return the widget, beside what is shown where widgets are not."""
    static = {"text/plain": str(shown), "text/html": shown._repr_html_()}
    try:
        view = explore(shown)._repr_mimebundle_()
    except ImportError:
        return static, {}
    return {**view, **static}, {}
