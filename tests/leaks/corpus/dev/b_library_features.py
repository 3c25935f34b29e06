# labels: none
# why: a module of helpers; none of the functions is called here and nothing is scored
# hard: scale_all, tfidf_svd and oversample would each leak if a caller used them before a split, but the file only defines them
"""Helpers shared by our competition notebooks.

    from comp_utils import scale_all, rank_average, make_folds
"""
import contextlib
import os
import random
import time

import numpy as np
import pandas as pd
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold
from sklearn.preprocessing import QuantileTransformer, StandardScaler
from sklearn.utils import resample

__all__ = ['seed_everything', 'timer', 'reduce_mem', 'scale_all', 'rank_gauss', 'tfidf_svd',
           'oversample', 'make_folds', 'rank_average']


def seed_everything(seed=42):
    random.seed(seed)
    os.environ['PYTHONHASHSEED'] = str(seed)
    np.random.seed(seed)


@contextlib.contextmanager
def timer(name):
    t0 = time.time()
    yield
    print(f'[{name}] done in {time.time() - t0:.0f} s')


def reduce_mem(df, verbose=True):
    start = df.memory_usage().sum() / 1024 ** 2
    for col in df.columns:
        if pd.api.types.is_float_dtype(df[col]):
            df[col] = pd.to_numeric(df[col], downcast='float')
        elif pd.api.types.is_integer_dtype(df[col]):
            df[col] = pd.to_numeric(df[col], downcast='integer')
    if verbose:
        end = df.memory_usage().sum() / 1024 ** 2
        print(f'memory {start:.1f} -> {end:.1f} MB')
    return df


def scale_all(train, test, cols):
    """Standardise cols over the union of both frames."""
    both = pd.concat([train[cols], test[cols]])
    sc = StandardScaler().fit(both)
    train, test = train.copy(), test.copy()
    train[cols] = sc.transform(train[cols])
    test[cols] = sc.transform(test[cols])
    return train, test


def rank_gauss(train, test, cols):
    qt = QuantileTransformer(n_quantiles=1000, output_distribution='normal', random_state=0)
    qt.fit(pd.concat([train[cols], test[cols]]))
    return qt.transform(train[cols]), qt.transform(test[cols])


def tfidf_svd(texts, n=64, **kw):
    X = TfidfVectorizer(**kw).fit_transform(texts)
    return TruncatedSVD(n, random_state=0).fit_transform(X)


def oversample(X, y, seed=0):
    pos = np.flatnonzero(y == 1)
    extra = resample(pos, n_samples=(y == 0).sum() - len(pos), random_state=seed)
    idx = np.r_[np.arange(len(y)), extra]
    return X[idx], y[idx]


def make_folds(y, kind='strat', n=5, groups=None, seed=42):
    if kind == 'strat':
        it = StratifiedKFold(n, shuffle=True, random_state=seed).split(y, y)
    elif kind == 'group':
        it = GroupKFold(n).split(y, y, groups)
    else:
        it = KFold(n, shuffle=True, random_state=seed).split(y)
    folds = np.zeros(len(y), dtype=int)
    for k, (_, va) in enumerate(it):
        folds[va] = k
    return folds


def rank_average(preds):
    preds = [pd.Series(p).rank(pct=True) for p in preds]
    return sum(preds) / len(preds)
