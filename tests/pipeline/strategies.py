"""Specs of real pipelines, drawn at random, and an equality of pipelines of its own."""

import keyword
import pickle
from functools import partial
from types import FunctionType
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from nbpipe.pipeline.parse import ENDINGS, SELECTORS
from nbpipe.pipeline.spec import Expression, Route, Spec, Step

NAMESPACE = {"np": np, "num_cols": ["distance", "temp"]}
# Parameters of Pipeline and ColumnTransformer, and words of the cell language, name no step.
TAKEN = {"steps", "memory", "verbose", "transformers", "remainder", *ENDINGS, *SELECTORS}


def _call(name: str, **arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    """Draw a call with some of the given arguments."""
    return st.fixed_dictionaries({}, optional=arguments).map(
        lambda drawn: f"{name}({', '.join(f'{k}={v!r}' for k, v in drawn.items())})"
    )


positive = st.floats(1e-6, 1e6, allow_nan=False)
transformers = st.one_of(
    _call("StandardScaler", with_mean=st.booleans(), with_std=st.booleans()),
    _call("SimpleImputer", strategy=st.sampled_from(["median", "most_frequent"])),
    _call("SimpleImputer", strategy=st.just("constant"), fill_value=st.text()),
    _call("OneHotEncoder", handle_unknown=st.just("ignore"), min_frequency=st.integers(1, 99)),
    _call("OrdinalEncoder", categories=st.lists(st.lists(st.text(), min_size=1), min_size=1)),
    _call("MinMaxScaler", feature_range=st.tuples(st.integers(-9, 0), st.integers(1, 9))),
    _call("PCA", n_components=st.integers(1, 9), random_state=st.integers(0, 99)),
    st.just("FunctionTransformer(np.log1p, feature_names_out='one-to-one')"),
    st.just("PCA(2).set_output(transform='pandas')"),
    st.just("FeatureUnion([('pca', PCA()), ('scale', StandardScaler())])"),
    st.just("make_pipeline(SimpleImputer(missing_values=float('nan')), StandardScaler())"),
)
models = st.one_of(
    _call("LogisticRegression", C=positive, class_weight=st.just("balanced")),
    _call(
        "RandomForestClassifier",
        n_estimators=st.integers(1, 500),
        max_depth=st.none() | st.integers(1, 30),
        class_weight=st.dictionaries(st.integers(0, 5), positive, min_size=1),
        random_state=st.integers(0, 2**32 - 1) | st.none(),
        n_jobs=st.just(-1),
    ),
    _call("GaussianProcessClassifier", kernel=st.none()),
    st.just("GridSearchCV(SVC(), {'C': np.logspace(-1, 1, 3)}, cv=TimeSeriesSplit(4))"),
    st.just("KNeighborsClassifier(metric=np.linalg.norm)"),
    st.just("GaussianProcessRegressor(RBF(0.5) + WhiteKernel())"),
    st.just("TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1)"),
)
columns = st.one_of(
    st.sampled_from(["numeric", "categorical", "num_cols", "num_cols + ['seats']"]),
    st.sampled_from(["num_cols if num_cols else ['x']", "slice('distance', 'temp')"]),
    st.lists(st.text(), min_size=1, max_size=12, unique=True).map(repr),
    st.text().map(repr),
)
names = st.from_regex(r"[a-zé][a-z0-9]{0,7}", fullmatch=True).filter(
    lambda name: name not in TAKEN and not keyword.iskeyword(name)
)


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    """Draw the spec of a pipeline that can be built in `NAMESPACE`."""
    free = draw(st.lists(names, min_size=12, max_size=12, unique=True))

    def name() -> str | None:
        return draw(st.sampled_from([None, free.pop()]))

    def chain() -> tuple[Expression, ...]:
        texts = draw(
            st.lists(transformers, min_size=1, max_size=3)
            | st.sampled_from([[word] for word in ENDINGS])
        )
        return tuple(map(Expression.read, texts))

    parts: list[Step | Route] = [
        Route(Expression.read(text), chain(), name())
        for text in draw(st.lists(columns, max_size=3))
    ]
    if parts and draw(st.booleans()):
        parts.append(Route(Expression.read("rest"), chain(), None))
    texts = draw(st.lists(transformers, max_size=2))
    parts += [Step(Expression.read(text), name()) for text in texts]
    if not parts or draw(st.booleans()):
        parts.append(Step(Expression.read(draw(models)), name()))
    return Spec(tuple(parts))


def alike(one: Any, other: Any) -> bool:  # noqa: PLR0911 - one line a kind
    """Tell whether two estimators, or two of their parameters, are equal in every part."""
    if type(one) is not type(other):
        return False
    if isinstance(one, FunctionType | type):
        return one is other
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict):
        return alike(list(one.items()), list(other.items()))
    if isinstance(one, np.ndarray | pd.Index):
        return one.dtype == other.dtype and alike(one.tolist(), other.tolist())
    if isinstance(one, np.random.RandomState | partial):
        return pickle.dumps(one) == pickle.dumps(other)
    if hasattr(one, "get_params"):
        settings = [getattr(value, "_sklearn_output_config", None) for value in (one, other)]
        return alike(*settings) and alike(one.get_params(deep=False), other.get_params(deep=False))
    if type(one).__eq__ is object.__eq__ and hasattr(one, "__dict__"):
        return alike(vars(one), vars(other))
    return bool(one == other) or (one != one and other != other)  # noqa: PLR0124 - nan is nan
