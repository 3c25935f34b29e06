"""From a fitted pipeline to a plan's arrays, or the reason why it has none.

This half looks at scikit-learn's objects, by their attributes; it imports none of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.plan.arrays import WIDEST, NotCoveredError, Part
from nbpipe.bundle.plan.outputs import NUMBERS
from nbpipe.bundle.plan.table import ANY_PRECISION, COMPILERS, PREDICTORS, STEPS
from nbpipe.errors import one_line

if TYPE_CHECKING:
    from nbpipe.bundle.plan.arrays import Array
    from nbpipe.bundle.rows.schema import Feature, Schema

_TESTS = {False: 0, True: 1, "all": 2}  # what a step lets in: finite, missing too, anything
_WHOLE = 2**53
_SINGLE = {"float32", "int8", "int16", "uint8", "uint16", "bool", "boolean"}  # that float32 holds


@dataclass(frozen=True, slots=True)
class Block:
    """What a step gives: columns of numbers, or (`step` is -1) of the input as it is.

    Attributes
    ----------
    step : int
    columns : tuple of str
        Names of the input's columns; empty for numbers.
    width : int
    sparse : bool
        Whether scikit-learn's own would be sparse, where that decides what is refused.
    single : bool
        Whether they are float32 to scikit-learn, which then computes in single precision.
    """

    step: int
    columns: tuple[str, ...]
    width: int
    sparse: bool = False
    single: bool = False


class Compiler:
    """Collects the steps of a plan for rows of `schema`."""

    def __init__(self, schema: Schema) -> None:
        self.features = {feature.name: feature for feature in schema.features}
        self.place = {name: number for number, name in enumerate(self.features)}
        self.kinds: list[str] = []
        self.arrays: dict[str, Array] = {}

    def transform(self, estimator: Any, block: Block) -> Block:
        """Compile one step of any kind."""
        kind = type(estimator)
        name = kind.__name__
        if not kind.__module__.startswith("sklearn.") or name not in COMPILERS:
            raise NotCoveredError(f"{name} is not covered")
        made: Block = COMPILERS[name](self, estimator, block)
        return made

    def in_turn(self, estimators: list[Any], block: Block) -> Block:
        """Compile steps one after the other."""
        for each in estimators:
            block = self.transform(each, block)
        return block

    def add(
        self, kind: str, blocks: list[Block], *, nan: bool | str = False, **arrays: Any
    ) -> Block:
        """Add a step, which takes missing values if `nan`, or even infinity if it is "all"."""
        single = all(block.single for block in blocks)
        if single and kind not in ANY_PRECISION:
            raise NotCoveredError("it computes in single precision")
        number = len(self.kinds)
        self.kinds.append(kind)
        own = {"inputs": [block.step for block in blocks], "lets_in": _TESTS[nan], **arrays}
        for name, array in own.items():
            whole = np.asarray(array, None if np.size(array) else np.int64)
            self.arrays[f"{number}.{name}"] = np.ascontiguousarray(whole).reshape(whole.shape)
        width = 0
        if kind not in PREDICTORS:
            raw = blocks[0].step < 0
            widths = [len(self.features)] if raw else [block.width for block in blocks]
            width = STEPS[kind](Part(self.arrays, f"{number}.", widths, raw=raw)).width
            if width > WIDEST:
                raise NotCoveredError(f"a step gives {width:,} columns")
        return Block(number, (), width, any(block.sparse for block in blocks), single)

    def predict(
        self,
        kind: str,
        blocks: list[Block],
        link: str,
        estimator: Any,
        *,
        nan: bool | str = False,
        **arrays: Any,
    ) -> Block:
        """Add the last step, whose scores `link` turns into what `estimator` predicts."""
        self.arrays["link"] = np.array(link)
        if link not in NUMBERS:
            self.arrays["classes"], plain = _labels(estimator.classes_)
            self.arrays["classes_are_objects"] = np.array(int(not plain))
        return self.add(kind, blocks, nan=nan, **arrays)

    def numbers(self, block: Block) -> Block:
        """Read raw columns as numbers."""
        if block.step >= 0:
            return block
        features = [self.features[name] for name in block.columns]
        for feature in features:
            if not _is_number(feature):
                raise NotCoveredError(f"column {feature.name!r} is read as numbers but is none")
            if feature.type == "integer" and not _is_exact(feature):
                raise NotCoveredError(f"column {feature.name!r} has numbers beyond 2**53")
        dtypes = [feature.dtype.lower() for feature in features]
        if "float16" in dtypes:
            raise NotCoveredError("a column has half precision")
        singles = [number for number, dtype in enumerate(dtypes) if dtype == "float32"]
        made = self.add(
            "numbers", [block], nan="all", columns=self.positions(block), singles=singles
        )
        return replace(made, single=bool(singles) and set(dtypes) <= _SINGLE)

    def pick(self, block: Block, columns: Any) -> Block:
        """Return the columns of a block that a ColumnTransformer's route names."""
        from nbpipe.bundle.rows.inputs import resolve  # noqa: PLC0415 - it imports scikit-learn

        if block.step < 0:
            names = tuple(resolve(columns, block.columns))
            return Block(-1, names, len(names))
        picked = resolve(columns, tuple(range(block.width)))
        if not all(isinstance(each, int) for each in picked):
            raise NotCoveredError("an inner ColumnTransformer picks columns by name")
        return self.add("select", [block], nan="all", columns=picked)

    def positions(self, block: Block) -> list[int]:
        """Return where the columns of a block stand in what the step reads."""
        return [self.place[name] for name in block.columns] or list(range(block.width))

    def frame(self, block: Block, rows: list[list[Any]]) -> Any:
        """Return rows of plain values as what scikit-learn's own step would be given."""
        if block.step >= 0:
            return np.array(rows, dtype=float)
        from nbpipe.bundle.rows.frames import put_together  # noqa: PLC0415 - predicting does without
        from nbpipe.bundle.rows.values import as_array, check_column  # noqa: PLC0415 - likewise

        features = [self.features[name] for name in block.columns]
        columns = zip(zip(*rows, strict=True), features, strict=True)
        return put_together(check_column(as_array(values), f)[0] for values, f in columns)


def compile_plan(pipeline: Any, schema: Schema) -> dict[str, Array] | str:
    """Return the arrays of a plan for rows of `schema`, or why there is none."""
    from nbpipe.bundle.rows.inputs import feature_names  # noqa: PLC0415 - it imports scikit-learn

    compiler = Compiler(schema)
    names = feature_names(pipeline)
    try:
        compiler.transform(pipeline, Block(-1, names, len(names)))
    except NotCoveredError as reason:
        return str(reason)
    except Exception as error:  # noqa: BLE001 - private parts that changed: the pipeline works on
        return f"it could not be read ({type(error).__name__}: {one_line(error)})"
    if "link" not in compiler.arrays:
        return "its last step is not covered"
    return {
        **compiler.arrays,
        "kinds": np.array(compiler.kinds),
        "features": np.array(list(compiler.features)),
    }


def _is_number(feature: Feature) -> bool:
    if feature.type == "category":
        return not any(isinstance(each, str) for each in feature.categories or ("",))
    return feature.type in {"number", "integer", "boolean"}


def _is_exact(feature: Feature) -> bool:
    """Say whether a double holds each whole number of training, so that none is rounded twice."""
    return all(abs(end) <= _WHOLE for end in (feature.minimum, feature.maximum) if end is not None)  # type: ignore[arg-type]


def _labels(classes: Any) -> tuple[Array, bool]:
    """Return class labels as a plain array, and whether that is what they are."""
    if not isinstance(classes, np.ndarray):
        raise NotCoveredError("several outputs are predicted")
    if classes.dtype.kind in "biufU":
        return classes, True
    plain = np.array(classes.tolist())
    if plain.dtype.kind not in "bifU" or plain.tolist() != classes.tolist():
        raise NotCoveredError("the class labels are not of one plain kind")
    return plain, False
