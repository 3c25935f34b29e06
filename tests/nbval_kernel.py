"""A pytest plugin: nbval runs cells as JupyterLab does, without what varies from run to run."""

import os

from nbval.kernel import RunningKernel

# No progress bars, which speak of seconds, and one order of hashed things.
SETTINGS = {"TQDM_DISABLE": "1", "PYTHONHASHSEED": "0"}
_start = RunningKernel.__init__


def _start_with_settings(self, *args, **keywords):
    before = dict(os.environ)
    os.environ.update(SETTINGS)  # for the kernel alone, not for the tests around it
    try:
        _start(self, *args, **keywords)
    finally:
        os.environ.clear()
        os.environ.update(before)


def _execute(self, source, allow_stdin=None):
    # nbval asks for no history, so that `_`, `Out` and a trailing `;` would mean nothing.
    return self.kc.execute(source, store_history=True, allow_stdin=allow_stdin, stop_on_error=False)


RunningKernel.__init__ = _start_with_settings
RunningKernel.execute_cell_input = _execute
