"""What two versions differ in, read from their manifests alone."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from nbpipe.bundle.store.folders import is_version
from nbpipe.bundle.store.versions import find
from nbpipe.bundle.tables import html_table, text_table
from nbpipe.errors import UsageError, brief

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from nbpipe.bundle.manifest import Manifest
    from nbpipe.bundle.rows.schema import Feature
    from nbpipe.bundle.store.entry import Bundle

SECTIONS = ("metrics", "parameters", "schema", "environment", "data")
_SHOWN = 200  # differences, in text and HTML
_SHOWN_CATEGORIES = 8
_LONG = 60  # characters of a value
_RUN = {"folds", "notes", "seconds", "verdict"}  # of a report: what is no figure of the whole
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that differs.

    Attributes
    ----------
    section : {"metrics", "parameters", "schema", "environment", "data"}
    what : str
        Such as ``"f1 test_mean"``, ``"forest__max_depth"``, ``"temp range"`` or ``"numpy"``.
    before, after : str
        In the first version, and in the second; ``""`` where it has no such thing (of a parameter:
        where it is at its default).
    delta : float or None
        By how much a number grew.
    """

    section: str
    what: str
    before: str
    after: str
    delta: float | None = None

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        """The change as the row of a table."""
        grown = "" if self.delta is None else f"{self.delta:+.4g}"
        return self.section, self.what, self.before or "-", self.after or "-", grown


@dataclass(frozen=True, slots=True)
class Differences:
    """What changed from one version to another; shows itself as a table.

    Attributes
    ----------
    first, second : str
        The two, as ``"late 1.0.0"``.
    changes : tuple of Change
        In the order of `SECTIONS`.
    """

    first: str
    second: str
    changes: tuple[Change, ...]

    @property
    def header(self) -> tuple[str, ...]:
        """What heads each column of the table."""
        return ("section", "what", self.first, self.second, "change")

    @property
    def summary(self) -> str:
        """One sentence: how many differences there are, and where there is none."""
        count = len(self.changes)
        same = [name for name in SECTIONS if name not in {each.section for each in self.changes}]
        told = "1 difference" if count == 1 else f"{count or 'no'} differences"
        rest = f"; the same: {', '.join(same)}" if count and same else ""
        more = f"; the first {_SHOWN} are shown" if count > _SHOWN else ""
        return f"{self.first} and {self.second}: {told}{rest}{more}."

    def rows(self) -> list[tuple[str, str, str, str, str]]:
        """Return what is shown of the table."""
        return [change.cells for change in self.changes[:_SHOWN]]

    def __repr__(self) -> str:
        table = [text_table(self.header, self.rows())] if self.changes else []
        return "\n".join([self.summary, *table])

    def _repr_html_(self) -> str:
        return html_table(self.header, self.rows(), self.summary)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        changes = [asdict(change) for change in self.changes]
        return {"first": self.first, "second": self.second, "changes": changes}


def diff(path: str | PathLike[str], first: str, second: str) -> Differences:
    """Tell what changed between two versions: metrics, parameters, schema, environment, data.

    Parameters
    ----------
    path : path-like or str
        The model's folder, or its URL.
    first, second : str
        Versions, ``"latest"``, or aliases such as ``"production"``.

    Returns
    -------
    Differences

    Raises
    ------
    BundleNotFoundError, ManifestError, IntegrityError, BundleError, UsageError
    """
    return compare(_one(path, first), _one(path, second))


def _one(path: str | PathLike[str], asked: str) -> Bundle:
    if not isinstance(asked, str):
        raise UsageError(f"{brief(asked)} is no version or alias; give it as text, like '1.2.0'.")
    if asked == "latest" or is_version(asked):
        return find(path, asked)
    return find(f"{str(path).rstrip('/')}@{asked}")


def compare(first: Bundle, second: Bundle) -> Differences:
    """Tell what two versions, which may be of different models, differ in."""
    a, b = first.manifest, second.manifest
    pairs = {
        "metrics": (dict(_figures(a)), dict(_figures(b))),
        "parameters": (_parameters(a.source), _parameters(b.source)),
        "environment": (_environment(a), _environment(b)),
        "data": (_data(a), _data(b)),
    }
    found = {name: list(_changes(name, *pair)) for name, pair in pairs.items()}
    found["schema"] = list(_schema(a, b))
    changes = tuple(change for name in SECTIONS for change in found[name])
    names = [f"{each.name} {each.version}" for each in (first, second)]
    return Differences(names[0], names[1], changes)


def _changes(section: str, a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Change]:
    for what in {**a, **b}:
        before, after = a.get(what, _ABSENT), b.get(what, _ABSENT)
        if before != after:
            yield Change(section, what, *_both(before, after), _delta(before, after))


def _both(before: Any, after: Any) -> tuple[str, str]:
    """Show two values briefly, though never alike."""
    short = _shown(before), _shown(after)
    return short if short[0] != short[1] else (repr(before), repr(after))


def _shown(value: Any) -> str:
    if value is _ABSENT:
        return ""
    text = f"{value:.5g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _LONG else f"{text[: _LONG - 3]}..."


def _delta(before: Any, after: Any) -> float | None:
    numbers = [each for each in (before, after) if type(each) in {int, float}]
    try:
        grown = float(numbers[1]) - float(numbers[0])
    except (IndexError, OverflowError):  # JSON's whole numbers have no limit
        return None
    return grown if isfinite(grown) else None


def _figures(manifest: Manifest) -> Iterator[tuple[str, Any]]:
    """Give the figures of a report, by whomever it was made, and its verdict."""
    report = manifest.report or {}
    verdict = report.get("verdict")
    yield from _flat({name: each for name, each in report.items() if name not in _RUN}, ())
    yield "verdict", verdict.get("status") if isinstance(verdict, Mapping) else verdict


def _flat(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            if not name.endswith("_std"):  # how far folds lie apart is told by their report
                yield from _flat(each, path if not path and name == "metrics" else (*path, name))
    elif not isinstance(value, list):
        yield " ".join(path), value


def _parameters(source: str | None) -> dict[str, str]:
    """Read classes, parameters and columns, named as scikit-learn does, from plain Python."""
    if source is None:
        return {"pipeline": "not written as Python"}
    try:
        made = [each for each in ast.parse(source).body if isinstance(each, ast.Assign)]
        return dict(_walk(made[-1].value, "")) if made else {}
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # no export wrote it
        return {"pipeline": "unreadable"}


def _walk(node: ast.expr, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Call):
        yield path or "pipeline", ast.unparse(node.func)
        named = [(f"{path}__{each.arg}".lstrip("_"), each.value) for each in node.keywords]
        for name, value in [*((path, each) for each in node.args), *named]:
            yield from _walk(value, name)
    elif isinstance(node, ast.List) and node.elts and all(map(_is_step, node.elts)):
        for step in node.elts:
            name, estimator, *columns = step.elts  # type: ignore[attr-defined]
            inner = f"{path}__{name.value}".lstrip("_")
            yield from _walk(estimator, inner)
            yield from ((f"{inner} columns", ast.unparse(each)) for each in columns)
    else:
        yield path, ast.unparse(node)


def _is_step(node: ast.expr) -> bool:
    """Say whether a node is ``("name", Estimator(...))``, perhaps with columns."""
    return (
        isinstance(node, ast.Tuple)
        and len(node.elts) > 1
        and isinstance(node.elts[0], ast.Constant)
        and isinstance(node.elts[0].value, str)
    )


def _schema(a: Manifest, b: Manifest) -> Iterator[Change]:
    ours, theirs = ({each.name: each for each in m.schema.features} for m in (a, b))
    for name in {**ours, **theirs}:
        before, after = ours.get(name), theirs.get(name)
        if before and after:
            yield from _changes("schema", _facts(before), _facts(after))
            yield from _categories(before, after)
        else:
            yield Change("schema", name, before.type if before else "", after.type if after else "")
    common = [tuple(n for n in x if n in ours.keys() & theirs.keys()) for x in (ours, theirs)]
    yield from _changes("schema", *({"order": each} for each in common))
    yield from _changes("schema", *(_target(each) for each in (a, b)))


def _facts(feature: Feature) -> dict[str, Any]:
    facts = {
        "type": feature.type,
        "dtype": feature.dtype,
        "may be missing": "yes" if feature.nullable else "no",
        "minimum": feature.minimum,
        "maximum": feature.maximum,
        "unseen categories": feature.unseen,
    }
    return {f"{feature.name} {what}": fact for what, fact in facts.items() if fact is not None}


def _categories(before: Feature, after: Feature) -> Iterator[Change]:
    """Tell which categories only one of the two knows."""
    a, b = before.categories or (), after.categories or ()
    if set(a) != set(b):
        only = [[each for each in x if each not in set(y)] for x, y in ((a, b), (b, a))]
        shared = len(a) - len(only[0])
        ours, theirs = (_listed(each, shared) for each in only)
        yield Change("schema", f"{before.name} categories", ours, theirs)


def _listed(only: list[Any], shared: int) -> str:
    shown = ", ".join(_shown(each) for each in only[:_SHOWN_CATEGORIES])
    more = f", {len(only) - _SHOWN_CATEGORIES} more" if len(only) > _SHOWN_CATEGORIES else ""
    return f"{shown}{more} and {shared} in common" if only else f"the {shared} in common"


def _target(manifest: Manifest) -> dict[str, Any]:
    return {"target": manifest.target.name, "classes": manifest.target.classes}


def _environment(manifest: Manifest) -> dict[str, str]:
    made = manifest.environment
    own = {"Python": made.python, "platform": made.platform, "nbpipe": made.nbpipe}
    return {**own, **made.packages}


def _data(manifest: Manifest) -> dict[str, Any]:
    data = manifest.data
    facts = {
        "training rows": data.rows,
        "training columns": data.columns,
        "fingerprint": data.hash[:12],
        "git commit": manifest.git_commit,
    }
    return {what: fact for what, fact in facts.items() if fact is not None}
