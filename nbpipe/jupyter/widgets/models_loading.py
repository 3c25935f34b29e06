"""Verifying a version, and loading it into a variable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Button, Text, VBox

from nbpipe.bundle.loading import loading, verified
from nbpipe.jupyter.arguments import new_variable
from nbpipe.jupyter.widgets.style import row, status

if TYPE_CHECKING:
    from collections.abc import Generator

    from nbpipe.bundle.model import Model
    from nbpipe.bundle.store.entry import Bundle
    from nbpipe.jupyter.widgets.work import Work


class Check:
    """Two buttons, of which one keeps the model that passed."""

    def __init__(self, work: Work, namespace: dict[str, Any]) -> None:
        self._work = work
        self._namespace = namespace
        self._source = ""
        self.verify = Button(
            description="Verify", tooltip="Compare the files with their digests, predict the probe"
        )
        self.load = Button(description="Load", tooltip="Verify, and load into the variable")
        self.variable = Text("model", description="Variable", continuous_update=False)
        self.found = HTML()
        self.verify.on_click(lambda _: self._verify())
        self.load.on_click(lambda _: self._load())
        self.view = VBox([row(self.verify), row(self.variable, self.load), self.found])

    def show(self, bundle: Bundle, _: tuple[Bundle, ...]) -> None:
        """Be about another version."""
        if bundle.source != self._source:
            self._source, self.found.value = bundle.source, ""

    def _verify(self) -> None:
        source, self.found.value = self._source, ""
        self._work.start(lambda: loading(source), self._tell)

    def _load(self) -> None:
        name, source, self.found.value = self.variable.value, self._source, ""

        def steps() -> Generator[tuple[int, int, str], None, Model]:
            new_variable(name, self._namespace, kind="model", mark="bundle")
            return (yield from loading(source))

        def keep(model: Model) -> None:
            self._namespace[name] = model
            self._tell(model)
            self.found.value += status(f"{model.name} {model.version} is in {name}.")

        self._work.start(steps, keep)

    def _tell(self, model: Model) -> None:
        self.found.value = verified(model)._repr_html_()
