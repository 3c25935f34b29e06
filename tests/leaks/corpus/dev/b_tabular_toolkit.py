# labels: none
# why: classes and functions only; no frame is read and nothing runs when the module is imported, so no rows have been judged
# hard: report() fits and scores on whatever it is given, zscore_frame and pick_columns learn from all rows of their argument; who calls them in which order is unknown here
"""tabkit - what the three of us keep copying from one project into the next."""
import warnings
from functools import wraps
from typing import Callable, Dict, Iterable, List, Optional, Tuple

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.metrics import get_scorer
from sklearn.model_selection import KFold

Frame = pd.DataFrame


def quiet(fn: Callable) -> Callable:
    @wraps(fn)
    def inner(*a, **k):
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            return fn(*a, **k)
    return inner


def zscore_frame(df: Frame, cols: Iterable[str]) -> Frame:
    out = df.copy()
    for c in cols:
        out[c] = (out[c] - out[c].mean()) / out[c].std(ddof=0)
    return out


def pick_columns(df: Frame, target: str, least: float = .05) -> List[str]:
    """Columns whose absolute correlation with the target is at least `least`."""
    corr = df.corr(numeric_only=True)[target].drop(target).abs()
    return corr[corr >= least].index.tolist()


class MeanEncoder(BaseEstimator, TransformerMixin):
    """Category -> shrunken mean of y; out-of-fold for the rows it is fitted on."""

    def __init__(self, cols=None, strength=20., folds=5, seed=0):
        self.cols = cols
        self.strength = strength
        self.folds = folds
        self.seed = seed

    def _table(self, col, y):
        g = pd.DataFrame({'c': np.asarray(col), 'y': np.asarray(y)}).groupby('c')['y'].agg(['sum', 'count'])
        return (g['sum'] + self.strength * self.prior_) / (g['count'] + self.strength)

    def fit(self, X, y):
        self.prior_ = float(np.mean(y))
        self.tables_ = {c: self._table(X[c], y) for c in (self.cols or X.columns)}
        return self

    def transform(self, X):
        X = X.copy()
        for c, t in self.tables_.items():
            X[c] = X[c].map(t).fillna(self.prior_).astype(float)
        return X

    def fit_transform(self, X, y=None, **kw):
        self.fit(X, y)
        y = np.asarray(y)
        out = X.copy()
        for c in self.tables_:
            enc = np.empty(len(X))
            for a, b in KFold(self.folds, shuffle=True, random_state=self.seed).split(X):
                t = self._table(X[c].iloc[a], y[a])
                enc[b] = X[c].iloc[b].map(t).fillna(self.prior_)
            out[c] = enc
        return out


class Winsor(BaseEstimator, TransformerMixin):
    def __init__(self, low=.01, high=.99):
        self.low, self.high = low, high

    def fit(self, X, y=None):
        self.lo_, self.hi_ = np.nanquantile(X, [self.low, self.high], axis=0)
        return self

    def transform(self, X):
        return np.clip(X, self.lo_, self.hi_)


@quiet
def report(models: Dict[str, BaseEstimator], X_train, y_train, X_test, y_test,
           scoring: Tuple[str, ...] = ('accuracy', 'roc_auc')) -> Frame:
    rows = {}
    for name, m in models.items():
        m = clone(m).fit(X_train, y_train)
        rows[name] = {s: get_scorer(s)(m, X_test, y_test) for s in scoring}
    return pd.DataFrame(rows).T.sort_values(scoring[0], ascending=False)


def time_cut(df: Frame, column: str, when, gap: Optional[str] = None) -> Tuple[Frame, Frame]:
    when = pd.Timestamp(when)
    start = when + pd.Timedelta(gap) if gap else when
    return df[df[column] < when], df[df[column] >= start]


def lag(df: Frame, by: str, col: str, steps: Iterable[int]) -> Frame:
    g = df.groupby(by)[col]
    return df.assign(**{f'{col}_l{k}': g.shift(k) for k in steps})
