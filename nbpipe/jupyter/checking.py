"""``%nbpipe check``: the session, the cell that is about to run, files, or data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.display import display

import nbpipe
from nbpipe.errors import UsageError
from nbpipe.jupyter.arguments import evaluate, named_or_value
from nbpipe.jupyter.findings import at_least

if TYPE_CHECKING:
    from nbpipe.evaluation.datareport import DataReport
    from nbpipe.jupyter.arguments import Namespace
    from nbpipe.jupyter.findings import SessionFindings
    from nbpipe.jupyter.session import Session
    from nbpipe.leaks.checked import Checked


def check(args: Any, session: Session, namespace: Namespace, progress: Any) -> Any:
    """Check what the words behind `%nbpipe check` ask for."""
    _make_sense(args)
    chosen = {"select": args.select or [], "ignore": args.ignore or []}
    if args.data:
        return _check_data(args, namespace)
    if args.paths:
        return _check_files(args, progress, chosen)
    if args.this_cell:
        return _speak(session.added(**chosen).at_least(args.severity))
    return session.check(**chosen).at_least(args.severity)


def _make_sense(args: Any) -> None:
    """Refuse words that do not go together."""
    if args.paths and args.this_cell:
        raise UsageError("`%%nbpipe check` checks its own cell: files take one %.")
    if args.data and (args.paths or args.this_cell):
        raise UsageError("--data looks at variables, by themselves: leave out files and cells.")
    if args.data and (args.select or args.ignore):
        raise UsageError("--data finds no rules: leave out --select and --ignore.")
    if args.fail_on is not None and not args.paths:
        raise UsageError("--fail-on goes with files; --severity chooses what is shown.")
    if not args.data and (args.time or args.groups):
        raise UsageError("--time and --groups go with --data.")
    if args.data and len(args.data) not in {2, 4}:
        raise UsageError("--data takes X_train X_test, or X_train X_test y_train y_test.")


def _check_data(args: Any, namespace: Namespace) -> DataReport:
    data = [evaluate(each, namespace) for each in args.data]
    columns = getattr(data[0], "columns", ())
    return nbpipe.check_data(
        *data,
        time=named_or_value(args.time, "column", columns, namespace),
        groups=named_or_value(args.groups, "column", columns, namespace),
    )


def _check_files(args: Any, progress: Any, chosen: dict[str, Any]) -> Checked:
    checked = nbpipe.check(
        *map(Path, args.paths), **chosen, fail_on=args.fail_on, progress=progress
    )
    wanted = at_least(args.severity)
    found = (each for each in checked.findings if each.finding.severity in wanted)
    return replace(checked, findings=tuple(found))


def _speak(added: SessionFindings) -> None:
    if added.findings:
        display(added)
