"""What is shown as a widget, and as ever where there are none: reports, comparisons, listings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython

from nbpipe.bundle.store.listing import Models
from nbpipe.errors import MissingExtraError, extra
from nbpipe.evaluation.compare import Comparison
from nbpipe.evaluation.report import CVReport
from nbpipe.evaluation.study import Study, keep_studies, study_again, study_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


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
    study = None
    if pipeline is not None and isinstance(report, CVReport):
        study = study_again(
            report, pipeline, X, y,
            scoring=scoring, pos_label=pos_label, sample_weight=sample_weight, params=params,
        )  # fmt: skip
    return _explorer(report, study).view


def _explorer(shown: CVReport | Comparison, study: Study | None = None) -> Any:
    with extra("lab", "The gap explorer needs ipywidgets"):
        from nbpipe.jupyter.widgets.explorer import Explorer, SideBySide  # noqa: PLC0415
    if isinstance(shown, Comparison):
        return SideBySide(shown)
    return Explorer(shown, study or study_of(shown))


def browse(found: Models, namespace: dict[str, Any] | None = None) -> Any:
    """Return the model browser of a listing, as a widget; displaying the listing shows it anyway.

    Parameters
    ----------
    found : Models
        What `nbpipe.models` returned.
    namespace : dict, optional
        Where models are loaded to; by default the notebook's variables.

    Returns
    -------
    ipywidgets.VBox

    Raises
    ------
    MissingExtraError
        When ipywidgets is not installed.
    """
    return _browser(found, namespace).view


def _browser(found: Models, namespace: dict[str, Any] | None = None) -> Any:
    with extra("lab", "The model browser needs ipywidgets"):
        from nbpipe.jupyter.widgets.models import Browser  # noqa: PLC0415
    shell = get_ipython()
    own = shell.user_ns if shell else {}
    return Browser(found, own if namespace is None else namespace)


# What each type is shown with.
_WIDGETS: dict[type, Callable[[Any], Any]] = {
    CVReport: _explorer,
    Comparison: _explorer,
    Models: _browser,
}


def show_widgets(shell: Any) -> None:
    """Let an IPython kernel show reports as widgets, and keep what their curves need."""
    keep_studies(on=True)
    for kind, widget in _WIDGETS.items():
        shell.display_formatter.mimebundle_formatter.for_type(kind, partial(_bundle, widget))


def hide_widgets(shell: Any) -> None:
    """Let a shell show reports as they show themselves."""
    keep_studies(on=False)
    for kind in _WIDGETS:
        shell.display_formatter.mimebundle_formatter.pop(kind, None)


def _bundle(widget: Callable[[Any], Any], shown: Any) -> dict[str, Any]:
    """Return the widget, beside what is shown where widgets are not."""
    try:
        made = widget(shown)
    except MissingExtraError:
        return {"text/plain": str(shown), "text/html": shown._repr_html_()}
    # What the widget has drawn already need not be drawn again.
    html = getattr(made, "static", None) or shown._repr_html_()
    return {**made.view._repr_mimebundle_(), "text/plain": str(shown), "text/html": html}
