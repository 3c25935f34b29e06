"""A value -> the Python expression that makes an equal one."""

from __future__ import annotations

import functools
import inspect
import math
import pickle
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import make_scorer

from nbpipe.errors import UsageError
from nbpipe.pipeline.references import Imports

_Write: TypeAlias = Callable[[Any, str, Imports], str]
_PLAIN_KINDS = "biufcUSO"  # numpy's kinds that lists of Python's own values carry exactly
_SCORER = {"_score_func", "_sign", "_kwargs", "_response_method"}


def express(value: Any, path: str, imports: Imports) -> str:
    """Write the expression that makes a value equal to `value`, on one line.

    Parameters
    ----------
    value : object
        An estimator, or anything that an estimator's parameters hold.
    path : str
        How `value` is reached, for errors: ``pipeline.steps[0][1].func``.
    imports : Imports
        Collects the names that the expression uses.

    Raises
    ------
    UsageError
        Where no expression makes it; the message names the part by its path.
    """
    by_test = (write for test, write in _BY_TEST if test(value))
    write: _Write = _BY_TYPE.get(type(value)) or next(by_test, _plain_object)
    return write(value, path, imports)


def _refusal(value: Any, path: str, why: str) -> UsageError:
    shown = repr(value)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."  # noqa: PLR2004 - one line
    return UsageError(f"`{path}` cannot be written as Python: {shown} {why}.")


def _literal(value: Any, path: str, imports: Imports) -> str:  # noqa: ARG001 - as all writers
    return repr(value)


def _number(value: complex, path: str, imports: Imports) -> str:  # noqa: ARG001 - as all writers
    if isinstance(value, float) and not math.isfinite(value):
        return f"float({str(value)!r})"
    return f"complex({str(value)!r})" if isinstance(value, complex) else repr(value)


def _ends(value: Any, path: str, imports: Imports) -> str:
    ends = (value.start, value.stop, value.step)
    return f"{type(value).__name__}({', '.join(express(end, path, imports) for end in ends)})"


def _dict(value: dict[Any, Any], path: str, imports: Imports) -> str:
    items = (
        f"{express(key, path, imports)}: {express(item, f'{path}[{key!r}]', imports)}"
        for key, item in value.items()
    )
    return f"{{{', '.join(items)}}}"


def _collection(value: Any, path: str, imports: Imports) -> str:
    texts = [express(item, f"{path}[{i}]", imports) for i, item in enumerate(value)]
    if isinstance(value, set | frozenset):
        listed = ", ".join(sorted(texts))
        return f"{type(value).__name__}([{listed}])" if listed else f"{type(value).__name__}()"
    if isinstance(value, tuple):
        return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"
    return f"[{', '.join(texts)}]"


def _index(value: Any, path: str, imports: Imports) -> str:
    names = express(value.tolist(), path, imports)
    return f"{imports.module('pandas')}.Index({names}, dtype={str(value.dtype)!r})"


def _numpy(value: Any, path: str, imports: Imports) -> str:
    np_ = imports.module("numpy")
    dtype = value if isinstance(value, np.dtype) else value.dtype
    if dtype.kind not in _PLAIN_KINDS or dtype.char in "gG":
        raise _refusal(value, path, "is of a type that Python's own values do not carry exactly")
    if isinstance(value, np.dtype):
        return f"{np_}.dtype({_dtype_name(dtype)!r})"
    if isinstance(value, np.generic):
        return f"{np_}.{type(value).__name__}({express(value.item(), path, imports)})"
    shape = "" if value.size else f".reshape({value.shape})"
    listed = express(value.tolist() if value.size else [], path, imports)
    return f"{np_}.array({listed}, dtype={_dtype_name(dtype)!r}){shape}"


def _dtype_name(dtype: np.dtype[Any]) -> str:
    return dtype.name if dtype.isnative and dtype.kind not in "US" else dtype.str


def _random_state(value: np.random.RandomState, path: str, imports: Imports) -> str:
    """Find the seed: it is the Mersenne twister's first word until numbers are drawn."""
    state: Any = value.get_state(legacy=False)
    if state["bit_generator"] == "MT19937":
        seed = int(state["state"]["key"][0])
        fresh: Any = np.random.RandomState(seed).get_state(legacy=False)
        if pickle.dumps(fresh) == pickle.dumps(state):
            return f"{imports.module('numpy')}.random.RandomState({seed})"
    raise _refusal(value, path, "has given numbers already; pass the seed, a plain number")


def _partial(value: Any, path: str, imports: Imports) -> str:
    items = [express(value.func, f"{path}.func", imports)]
    items += _arguments(value.args, value.keywords, path, imports)
    return f"{imports.refer(functools.partial)}({', '.join(items)})"


def _reference(value: Any, path: str, imports: Imports) -> str:
    text = imports.refer(value)
    if text is None:
        why = "can be imported from no module; define it in a module and import it from there"
        raise _refusal(value, path, why)
    return text


def _estimator(value: Any, path: str, imports: Imports) -> str:
    if isinstance(value, FrozenEstimator):
        raise _refusal(value, path, "holds what a fit has learned")
    text = _call(type(value), value.get_params(deep=False), path, imports)
    for method, settings in _settings(value):
        text += f".{method}({', '.join(_arguments((), settings, path, imports))})"
    return text


def _settings(value: Any) -> list[tuple[str, dict[str, Any]]]:
    """List what is set by methods rather than parameters: output containers and routing."""
    found = [("set_output", dict(vars(value).get("_sklearn_output_config", {})))]
    for method, requests in vars(vars(value).get("_metadata_request", object)).items():
        asked = {k: v for k, v in getattr(requests, "requests", {}).items() if v is not None}
        found.append((f"set_{method}_request", asked))
    return [(method, settings) for method, settings in found if settings]


def _call(cls: Any, given: dict[str, Any], path: str, imports: Imports) -> str:
    """Write a constructor's call with the arguments that differ from its defaults."""
    signature = inspect.signature(cls).parameters
    defaults = {p.name: p.default for p in signature.values()}
    if any(p.kind is p.VAR_KEYWORD for p in signature.values()):
        defaults |= cls().get_params(deep=False)  # the rest of what xgboost's models take
    args, keywords = [], {}
    for name in [*(n for n in signature if n in given), *(n for n in given if n not in signature)]:
        if defaults.get(name, inspect.Parameter.empty) is not inspect.Parameter.empty:
            if not _same(given[name], defaults[name]):
                keywords[name] = given[name]
        elif name in signature and signature[name].kind is not inspect.Parameter.KEYWORD_ONLY:
            args.append(express(given[name], f"{path}.{name}", imports))
        else:
            keywords[name] = given[name]
    items = args + _arguments((), keywords, path, imports)
    return f"{_reference(cls, path, imports)}({', '.join(items)})"


def _arguments(
    args: tuple[Any, ...], keywords: dict[str, Any], path: str, imports: Imports
) -> list[str]:
    texts = [express(value, f"{path}.args[{i}]", imports) for i, value in enumerate(args)]
    return texts + [f"{k}={express(v, f'{path}.{k}', imports)}" for k, v in keywords.items()]


def _same(value: Any, default: Any) -> bool:
    """Tell whether a parameter need not be written: it reads as its default does."""
    if value is default:
        return True
    if type(value) is not type(default):
        return False
    try:
        return express(value, "", Imports()) == express(default, "", Imports())
    except UsageError:
        return False


def _scorer(value: Any, path: str, imports: Imports) -> str:
    settings = {
        "response_method": value._response_method,  # noqa: SLF001 - scorers show it no other way
        "greater_is_better": value._sign > 0,  # noqa: SLF001
        **value._kwargs,  # noqa: SLF001
    }
    items = [express(value._score_func, f"{path}._score_func", imports)]  # noqa: SLF001
    items += _arguments((), settings, path, imports)
    return f"{imports.refer(make_scorer)}({', '.join(items)})"


def _plain_object(value: Any, path: str, imports: Imports) -> str:
    """Write a splitter, a selector or the like: an object that is all its arguments."""
    kind, held = type(value), dict(getattr(value, "__dict__", {}))
    held |= held.get("cvargs", {})  # where scikit-learn's repeated splitters keep theirs
    try:
        given = {name: held[name] for name in inspect.signature(kind).parameters}
        twin = kind(**given)
        if not _same(vars(value), vars(twin)):
            raise ValueError  # noqa: TRY301
    except Exception:  # noqa: BLE001 - whatever a foreign constructor raises
        raise _refusal(value, path, "has no arguments that would make it again") from None
    return _call(kind, given, path, imports)


_BY_TYPE: dict[type, _Write] = {
    **dict.fromkeys((type(None), bool, int, str, bytes, type(...)), _literal),
    **dict.fromkeys((float, complex), _number),
    **dict.fromkeys((list, tuple, set, frozenset), _collection),
    **dict.fromkeys((slice, range), _ends),
    dict: _dict,
    functools.partial: _partial,
    np.random.RandomState: _random_state,
    pd.Index: _index,
}
_BY_TEST: tuple[tuple[Callable[[Any], bool], _Write], ...] = (
    (lambda value: isinstance(value, np.generic | np.ndarray | np.dtype), _numpy),
    (lambda value: callable(value) and hasattr(value, "__name__"), _reference),
    (lambda value: hasattr(value, "get_params"), _estimator),
    (lambda value: set(getattr(value, "__dict__", ())) >= _SCORER, _scorer),
)
