"""A matplotlib figure that a notebook shows; imported only once something is drawn."""

from __future__ import annotations

from io import BytesIO

from matplotlib.figure import Figure


class ShownFigure(Figure):
    """Shows itself: IPython knows figures only once pyplot has drawn one in the same notebook."""

    def _repr_png_(self) -> bytes:
        page = BytesIO()
        self.savefig(page, format="png")
        return page.getvalue()
