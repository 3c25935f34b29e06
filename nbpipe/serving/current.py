"""The model that predicts now, exchanged for a newer one while requests go on."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from nbpipe.bundle.loading import load
from nbpipe.bundle.model import Model
from nbpipe.bundle.store.versions import find
from nbpipe.errors import NbpipeError, one_line

if TYPE_CHECKING:
    from os import PathLike

    from nbpipe.serving.metrics import Metrics

_log = logging.getLogger("nbpipe.serving")
_PATIENCE = 10  # looks, before a version that was refused is tried again


class Current:
    """Follows a model's folder or alias.

    Parameters
    ----------
    source : Model or path-like
        A model is never exchanged.
    version : str or None
        As for `load`; a path that stands for one version is simply never exchanged.
    options : Mapping
        Further options of `load`.

    Attributes
    ----------
    model : Model
    refused : str
        The newer version that could not be used, and why; empty where there is none.
    """

    def __init__(
        self,
        source: Model | str | PathLike[str],
        version: str | None,
        metrics: Metrics,
        **options: Any,
    ) -> None:
        self._source = None if isinstance(source, Model) else source
        self._version = version
        self._options = options
        self._metrics = metrics
        self._waits = 0
        self.model = source if isinstance(source, Model) else load(source, version, **options)
        self.refused = ""

    async def follow(self, seconds: float) -> None:
        """Look for a newer version every so many seconds, until cancelled."""
        while self._source is not None:
            await asyncio.sleep(seconds)
            try:
                await self._look(self._source)
            except Exception:  # noqa: BLE001 - what serves goes on, whatever became of the folder
                _log.exception("could not look for a newer model")

    async def _look(self, source: str | PathLike[str]) -> None:
        """Load and prove what is asked for now beside what predicts, then exchange them."""
        self._waits = max(0, self._waits - 1)
        asked = "what is asked for"
        try:
            bundle = await asyncio.to_thread(find, source, self._version)
            if bundle.manifest == self.model.manifest:
                self.refused = ""
                return
            asked = bundle.version
            if self._waits and self.refused.startswith(f"{asked}:"):
                return
            model = await asyncio.to_thread(load, source, self._version, **self._options)
        except NbpipeError as error:
            why = one_line(error)
            refused = f"{asked}: {why}"
            if refused != self.refused:
                self._metrics.refusals += 1
                _log.error("%s is refused, %s goes on: %s", asked, self.model.version, why)
            self.refused, self._waits = refused, _PATIENCE
            return
        before, self.model, self.refused = self.model, model, ""
        self._metrics.switches += 1
        _log.info("%s %s follows %s", model.name, model.version, before.version)
