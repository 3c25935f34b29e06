"""Frozen dataclasses to plain JSON data, and back with every type checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from math import isfinite
from types import NoneType, UnionType
from typing import Any, Literal, NoReturn, Union, get_args, get_origin, get_type_hints

from nbpipe.errors import ExportError, one_line

DEPTH_LIMIT = 100  # lists and objects within each other; a report of cross-validation has 5


class DecodeError(ValueError):
    """A value is not of the type that its field declares."""


def encode(value: Any) -> Any:
    """Turn dataclasses into dictionaries, leaving out the fields that hold their default."""
    if is_dataclass(value):
        return {
            field.name: encode(getattr(value, field.name))
            for field in fields(value)
            if field.default is MISSING or getattr(value, field.name) != field.default
        }
    if isinstance(value, Mapping):
        return {key: encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    return value


def dump(content: Any, **options: Any) -> str:
    """Write plain data as JSON, refusing what `parse` would refuse."""
    try:
        text = json.dumps(content, **options)
        _check_depth(content)
    except (TypeError, ValueError, RecursionError) as error:
        raise ExportError(
            "A fact of the model, such as a class, a category or an entry of the report, cannot be "
            f"written as JSON: {one_line(error)}."
        ) from error
    return text


def parse(text: str) -> Any:
    """Read JSON, strictly: no NaN or infinity, no name twice in an object, no bottomless nesting.

    Raises
    ------
    DecodeError
    """
    try:
        content = json.loads(
            text, parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_distinct
        )
    except (ValueError, RecursionError) as error:
        raise DecodeError(one_line(error)) from error
    _check_depth(content)
    return content


def _refuse(constant: str) -> NoReturn:
    raise DecodeError(f"{constant:.60} is not JSON, or no number of 64 bits")


def _finite(number: str) -> float:
    found = float(number)
    return found if isfinite(found) else _refuse(number)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise DecodeError("an object has two fields of one name")
    return found


def _check_depth(content: Any) -> None:
    level = [content]
    for _ in range(DEPTH_LIMIT + 1):
        inner = [each for each in level if isinstance(each, (dict, list, tuple))]
        if not inner:
            return
        level = [
            item for each in inner for item in (each.values() if isinstance(each, dict) else each)
        ]
    raise DecodeError(f"it is nested more than {DEPTH_LIMIT} deep")


def decode(kind: Any, value: Any, where: str) -> Any:
    """Read plain data as `kind`; `where` names the place in errors.

    Understood are dataclasses, ``str | int | float | bool | None``, ``Any``, unions, literals,
    ``tuple[X, ...]`` and ``Mapping[str, X]``. An int passes for a float, a bool never for a number.
    """
    origin, arguments = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _decode_dataclass(kind, value, where)
    if origin in {Union, UnionType}:
        return _decode_union(arguments, value, where)
    if origin is tuple and isinstance(value, list):
        return tuple(decode(arguments[0], item, f"{where}[{i}]") for i, item in enumerate(value))
    if origin is Mapping and isinstance(value, dict):
        return {key: decode(arguments[1], item, f"{where}.{key}") for key, item in value.items()}
    if kind is float and type(value) is int and abs(value) < 2**1023:  # larger ones overflow
        return float(value)
    if kind is Any or type(value) is kind or (origin is Literal and value in arguments):
        return value
    shown = kind.__name__ if origin is None else str(kind)
    raise DecodeError(f"{where} should be {shown}, not {value!r:.60}")


def _decode_union(kinds: tuple[Any, ...], value: Any, where: str) -> Any:
    if value is None and NoneType in kinds:
        return None
    for kind in kinds:
        if type(value) is kind:  # before anything else, so that an int stays an int
            return value
    rest = [kind for kind in kinds if kind is not NoneType]
    for kind in rest[:-1]:
        try:
            return decode(kind, value, where)
        except DecodeError:
            continue
    return decode(rest[-1], value, where)


_hints = cache(get_type_hints)  # which takes longer than all else here


def _decode_dataclass(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise DecodeError(f"{where} should be an object, not {value!r:.60}")
    hints = _hints(kind)
    unknown = value.keys() - hints.keys()
    required = {field.name for field in fields(kind) if field.default is MISSING}
    missing = required - value.keys()
    if unknown or missing:
        told = [f"unknown {', '.join(sorted(unknown)):.60}"] if unknown else []
        told += [f"missing {', '.join(sorted(missing))}"] if missing else []
        raise DecodeError(f"{where} has {' and '.join(told)}")
    return kind(
        **{name: decode(hints[name], item, f"{where}.{name}") for name, item in value.items()}
    )
