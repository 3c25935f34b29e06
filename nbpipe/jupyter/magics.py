"""``%nbpipe VERB`` and ``%%nbpipe VERB``: each verb parses its words and calls its function."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
from IPython.core.magic import (
    Magics,
    line_cell_magic,
    magics_class,
    no_var_expand,
    output_can_be_silenced,
)
from IPython.core.magic_arguments import argument, kwds, magic_arguments
from sklearn import model_selection
from traitlets import CFloat, CInt, Int, Unicode

import nbpipe
from nbpipe.bundle.formats.estimator import FORMATS
from nbpipe.bundle.words import answer
from nbpipe.errors import UsageError, did_you_mean
from nbpipe.evaluation.thresholds import Thresholds
from nbpipe.jupyter import building, checking, examples, prompting, teaching
from nbpipe.jupyter.ahead import check_ahead
from nbpipe.jupyter.arguments import (
    evaluate,
    named_or_value,
    new_variable,
    parse,
    unquote,
)
from nbpipe.jupyter.build_completion import BUILD_MATCHER, BuildMatcher
from nbpipe.jupyter.completion import MATCHER, VerbMatcher
from nbpipe.jupyter.progress import NotebookBar
from nbpipe.jupyter.session import Session
from nbpipe.jupyter.watch import Watch
from nbpipe.jupyter.widgets.display import hide_widgets, show_widgets
from nbpipe.leaks.findings import SEVERITIES

# One trait a threshold, so that `%config NbpipeMagics` shows and sets the whole table.
_THRESHOLDS = {
    limit.name: (CInt if isinstance(limit.default, int) else CFloat)(
        limit.default, help="{help} ({source})".format(**limit.metadata)
    ).tag(config=True)
    for limit in fields(Thresholds)
}
Configured = type("Configured", (Magics,), _THRESHOLDS)


@magics_class
class NbpipeMagics(Configured):  # type: ignore[valid-type,misc]
    """The verbs of nbpipe; their defaults are traits that ``%config NbpipeMagics`` lists."""

    models_dir = Unicode("models", help="Where models are exported to.").tag(config=True)
    n_splits = Int(5, help="Folds of a cross-validation.").tag(config=True)
    scoring = Unicode("", help="Metrics, comma-separated; empty: by the target.").tag(config=True)

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self.session = Session(shell)
        self.watcher = Watch(shell, self.session)

    @magic_arguments("nbpipe build")
    @kwds(epilog=examples.BUILD)
    @argument("name", metavar="NAME", help="the variable that will hold the pipeline")
    @argument("--code", action="store_true", help="print the plain Python it stands for")
    def build(self, args: Any) -> Any:
        """Build a leak-free scikit-learn pipeline from the cell below, one step a line."""
        if args.cell is None:
            raise UsageError("The steps go below it: begin the cell with `%%nbpipe build NAME`.")
        name = new_variable(args.name, self.shell.user_ns)
        pipeline = nbpipe.build(args.cell, self.shell.user_ns)
        self.shell.user_ns[name] = pipeline
        if args.code:
            print(nbpipe.to_python(pipeline, name=name))  # noqa: T201 - what --code asks for
            return None
        return pipeline

    @magic_arguments("nbpipe cv")
    @kwds(epilog=examples.CV)
    @argument("name", metavar="NAME", help="the pipeline")
    @argument("X", help="the rows, a DataFrame")
    @argument("y", help="the target, one value a row")
    @argument("--time", help="column of X, or times: split in time order")
    @argument("--groups", help="column of X, or labels: keep each group in one fold")
    @argument("--cv", help="a splitter, such as KFold(5)")
    @argument("--scoring", help="metrics, comma-separated: f1,roc_auc")
    @argument("--pos-label", help="the positive class")
    @argument("--sample-weight", help="weights, one a row")
    @argument("--n-splits", type=int, metavar="N", help="folds")
    @argument("--gap", type=int, default=0, metavar="N", help="rows left out before a test fold")
    @argument("--n-jobs", type=int, metavar="N", help="processes")
    @argument("--overfit-gap", type=float, metavar="GAP", help="train/test gap called overfitting")
    def cv(self, args: Any) -> Any:
        """Cross-validate a pipeline: every fold, the train/test gap, and what to make of it."""
        space = self.shell.user_ns
        X, y = evaluate(args.X, space), evaluate(args.y, space)
        columns = getattr(X, "columns", ())
        scoring = args.scoring or self.scoring
        classes = np.ravel(y).tolist() if args.pos_label else ()
        limits = {name: getattr(self, name) for name in _THRESHOLDS}
        if args.overfit_gap is not None:
            limits["overfit_gap"] = args.overfit_gap
        return nbpipe.cv(
            evaluate(args.name, space),
            X,
            y,
            name=args.name,
            time=named_or_value(args.time, "column", columns, space),
            groups=named_or_value(args.groups, "column", columns, space),
            cv=evaluate(args.cv, space, vars(model_selection)) if args.cv else None,
            scoring=space.get(scoring) or scoring.split(",") if scoring else None,
            n_splits=args.n_splits or self.n_splits,
            gap=args.gap,
            n_jobs=args.n_jobs,
            pos_label=named_or_value(args.pos_label, "class", classes, space),
            sample_weight=named_or_value(args.sample_weight, "column", columns, space),
            thresholds=Thresholds(**limits),
            progress=self._progress,
        )

    @magic_arguments("nbpipe check")
    @kwds(epilog=examples.CHECK)
    @argument("paths", metavar="PATH", nargs="*", type=unquote, help="notebooks, scripts, folders")
    @argument("--data", nargs="+", metavar="X", help="X_train X_test, then y_train y_test if known")
    @argument("--time", help="with --data: a column of both sides, or (train, test) times")
    @argument("--groups", help="with --data: a column of both sides, or (train, test) labels")
    @argument("--select", metavar="CODES", action="append", help="only these, such as NB1,NB201")
    @argument("--ignore", metavar="CODES", action="append", help="all but these")
    @argument("--severity", choices=SEVERITIES, default="note", help="show these and graver ones")
    @argument("--fail-on", metavar="S", help="with files: what makes their exit_code 1")
    @argument("--this-cell", action="store_true", help="only what the rest of this cell will add")
    def check(self, args: Any) -> Any:
        """Find leaks: in this session, in a cell before it runs, in files, or in data."""
        return checking.check(args, self.session, self.shell.user_ns, self._progress)

    @magic_arguments("nbpipe watch")
    @kwds(epilog=examples.WATCH)
    @argument("state", nargs="?", choices=("on", "off"), help="without it: say which it is")
    @argument("--severity", choices=SEVERITIES, default="review", help="tell these and graver ones")
    def watch(self, args: Any) -> None:
        """Check each cell after it was run, and speak when there is something new."""
        print(self.watcher.switch(args.state, args.severity))  # noqa: T201

    @magic_arguments("nbpipe explain")
    @kwds(epilog=examples.EXPLAIN)
    @argument("rule", nargs="?", default="", metavar="CODE", help="such as NB101 (default: all)")
    def explain(self, args: Any) -> Any:
        """Tell what a rule finds, why that is bad, and what to do."""
        return nbpipe.explain(args.rule)

    @magic_arguments("nbpipe export")
    @kwds(epilog=examples.EXPORT)
    @argument("name", metavar="NAME", help="the fitted pipeline")
    @argument("X", help="the rows it was fitted on")
    @argument("y", nargs="?", help="their target")
    @argument("--to", type=unquote, metavar="DIR", help="the model's folder (default: models/NAME)")
    @argument("--version", type=unquote, metavar="V", help="such as 1.2.0 (default: the next one)")
    @argument("--report", help="what cv returned, to stand in the manifest")
    @argument("--format", choices=FORMATS, default="joblib", help="skops: without a pickle")
    @argument("--onnx", action="store_true", help="add model.onnx, if it predicts the same")
    @argument("--sign", type=unquote, metavar="KEY", help="sign all files with a private key")
    def export(self, args: Any) -> Any:
        """Write a fitted pipeline to disk as a version that loads safely elsewhere."""
        space = self.shell.user_ns
        if not (args.to or args.name.isidentifier()):
            raise UsageError(f"`{args.name}` is no name for a folder: say --to models/NAME.")
        return nbpipe.export(
            evaluate(args.name, space),
            args.to or f"{self.models_dir}/{args.name}",
            X=evaluate(args.X, space),
            y=evaluate(args.y, space) if args.y else None,
            version=args.version,
            report=evaluate(args.report, space) if args.report else None,
            format=args.format,
            onnx=args.onnx,
            sign=args.sign,
        )

    @magic_arguments("nbpipe load")
    @kwds(epilog=examples.LOAD)
    @argument("path", type=unquote, metavar="PATH", help="a model's folder, also with @ALIAS")
    @argument("--version", type=unquote, metavar="V", help="which version (default: the latest)")
    @argument("--policy", metavar="P", help="such as unseen=error,carrier.unseen=ignore")
    @argument("--allow-version-mismatch", action="store_true", help="try another scikit-learn")
    @argument("--trusted-key", type=unquote, metavar="PUB", help="refuse what it did not sign")
    def load(self, args: Any) -> Any:
        """Load a model and check it: files, versions, then predictions it must repeat."""
        return nbpipe.load(
            args.path,
            args.version,
            policy=args.policy,
            allow_version_mismatch=args.allow_version_mismatch,
            trusted_key=args.trusted_key,
        )

    @magic_arguments("nbpipe models")
    @kwds(epilog=examples.MODELS)
    @argument("path", metavar="DIR", nargs="*", type=unquote, help="by default models")
    @argument("--reason", type=unquote, metavar="TEXT", help="of a move; goes into the history")
    def models(self, args: Any) -> Any:
        """Browse the models and versions in a folder, compare and verify them, move aliases."""
        return answer(args.path or [self.models_dir], args.reason, self.models_dir)

    @property
    def _progress(self) -> Any:
        return NotebookBar if hasattr(self.shell, "kernel") else None

    @output_can_be_silenced  # as elsewhere, by a `;` at the end of the cell
    @no_var_expand
    @line_cell_magic
    def nbpipe(self, line: str, cell: str | None = None) -> Any:
        """Take a scikit-learn model from notebook to production; `%nbpipe` lists the verbs."""
        name, _, words = line.strip().removesuffix(";").partition(" ")
        if name in {"", "-h", "--help"}:
            print(_overview())  # noqa: T201
            return None
        if name not in VERBS:
            raise UsageError(f"nbpipe has no verb `{name}`{_way_to(name)}")
        parser = VERBS[name].parser
        if {"-h", "--help"} & set(words.split()):
            print(parser.format_help().replace("::\n\n  %", "usage: %"))  # noqa: T201
            return None
        if cell is not None and name != "build":
            raise UsageError(f"`{name}` takes one line: write `%nbpipe {name} ...` with one %.")
        args = parse(parser, words)
        args.cell = cell
        return VERBS[name](self, args)


VERBS: dict[str, Any] = {
    "build": NbpipeMagics.build,
    "builder": building.builder,
    "cv": NbpipeMagics.cv,
    "check": NbpipeMagics.check,
    "watch": NbpipeMagics.watch,
    "explain": NbpipeMagics.explain,
    "export": NbpipeMagics.export,
    "load": NbpipeMagics.load,
    "models": NbpipeMagics.models,
    "prompt": prompting.prompt,
    "exercise": teaching.exercise,
    "hint": teaching.hint,
    "solution": teaching.solution,
}


def _way_to(name: str) -> str:
    """Tell where a verb is that notebooks do not have, or which may be meant."""
    if name in nbpipe.__all__:
        return f" here; call nbpipe.{name}(...)."
    if name in {"predict", "serve"}:
        return f" here; `nbpipe {name} --help` in a shell shows how."
    return f".{did_you_mean(name, VERBS)}"


def _overview() -> str:
    lines = [f"  {name:9} {verb.parser.description}" for name, verb in VERBS.items()]
    return "\n".join(["%nbpipe VERB ..., where VERB is one of", *lines, "%nbpipe VERB --help"])


def register(shell: Any) -> None:
    """Give an IPython shell the magics, their completion and `%%nbpipe check`."""
    unregister(shell)
    shell.register_magics(NbpipeMagics)
    verbs, build = VerbMatcher(shell.user_ns, VERBS), BuildMatcher(shell.user_ns)
    shell.Completer.custom_matchers += [verbs.match, build.match]
    shell.input_transformers_cleanup.append(check_ahead)
    _magics(shell).session.runs.start()
    if hasattr(shell, "kernel"):
        show_widgets(shell)


def unregister(shell: Any) -> None:
    """Take all but the magics away again; IPython knows no way to remove these."""
    matchers = shell.Completer.custom_matchers
    ours = {MATCHER, BUILD_MATCHER}
    matchers[:] = [m for m in matchers if getattr(m, "matcher_identifier", "") not in ours]
    transformers = shell.input_transformers_cleanup
    transformers[:] = [each for each in transformers if each is not check_ahead]
    hide_widgets(shell)
    if magics := _magics(shell):
        magics.watcher.stop()
        magics.session.runs.stop()


def _magics(shell: Any) -> Any:
    return shell.magics_manager.registry.get(NbpipeMagics.__name__)
