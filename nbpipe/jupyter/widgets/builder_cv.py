"""Cross-validation as steps that a widget can show, and stop between folds."""

from __future__ import annotations

from contextvars import copy_context
from queue import SimpleQueue
from threading import Semaphore, Thread
from typing import TYPE_CHECKING, Any

from sklearn import config_context, get_config

import nbpipe
from nbpipe.evaluation.fold import Fold

if TYPE_CHECKING:
    from collections.abc import Generator

    from nbpipe.evaluation.report import CVReport


FOLDS = 5


class _Stopped(Exception):  # noqa: N818 - no error
    """Ends a run whose steps were closed."""


def cv_steps(
    pipeline: Any, X: Any, y: Any, **options: Any
) -> Generator[tuple[int, int, str], None, CVReport]:
    """Run `nbpipe.cv` fold by fold; closed early, it ends before the next fold begins.

    The run calls back after each fold and a generator is called, so that each has a thread of its
    own, one of which waits for the other.
    """
    told: SimpleQueue[Any] = SimpleQueue()
    wanted = Semaphore(0)
    stopping: list[bool] = []

    def seen(fold: Fold) -> None:
        told.put(fold)
        wanted.acquire()
        if stopping:
            raise _Stopped

    def run(config: dict[str, Any]) -> None:
        with config_context(**config):
            try:
                told.put(
                    nbpipe.cv(
                        pipeline, X, y, n_splits=FOLDS, progress=False, on_fold=seen, **options
                    )
                )
            except BaseException as error:  # noqa: BLE001 - raised where the steps are asked for
                told.put(error)

    Thread(target=copy_context().run, args=(run, get_config()), daemon=True).start()
    try:
        yield 0, FOLDS, "fold 1"
        count = 0
        while isinstance(found := told.get(), Fold):
            count += 1
            yield count, FOLDS, f"fold {found.number} is done"
            wanted.release()
    finally:
        stopping.append(True)
        wanted.release()
    if isinstance(found, BaseException):
        raise found
    report: CVReport = found
    return report
