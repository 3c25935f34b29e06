"""The only code that knows Jupyter: magics, completion, widgets."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    if name in {"browse", "explore"}:
        from nbpipe.jupyter.widgets import display  # noqa: PLC0415 - only where it is asked for

        return getattr(display, name)
    if name != "Builder":
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from nbpipe.errors import extra  # noqa: PLC0415 - only where it is asked for

    with extra("lab", "The builder needs ipywidgets"):
        import ipywidgets  # noqa: F401, PLC0415 - as above
    from nbpipe.jupyter.widgets.builder import Builder  # noqa: PLC0415 - as above

    return Builder
