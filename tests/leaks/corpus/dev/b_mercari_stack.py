# labels: none
# why: the blend weights come from out-of-fold predictions of the training part; encoders, vectorizers and means live in objects fitted per fold; the last tenth of the listings is judged once by the blend
# hard: fit_transform in several classes, means of price per brand, a loop over blend weights; dev/hold is a slice of a permutation
"""Mercari price suggestion, two base models and a blend."""
import abc
import logging
import time

import numpy as np
import pandas as pd
import scipy.sparse as sp
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from lightgbm import LGBMRegressor

log = logging.getLogger(__file__)


def split_cat(text):
    parts = str(text).split('/')
    return (parts + ['none'] * 3)[:3]


def tidy(df):
    df = df[df['price'] >= 3].copy() if 'price' in df else df.copy()
    df['brand_name'] = df['brand_name'].fillna('unbranded')
    df['item_description'] = df['item_description'].fillna('').replace('No description yet', '')
    cats = df['category_name'].fillna('none/none/none').map(split_cat)
    for i in range(3):
        df['cat%d' % i] = cats.str[i]
    df['desc_len'] = df['item_description'].str.len()
    df['name_words'] = df['name'].str.split().str.len()
    return df.reset_index(drop=True)


class BaseModel(abc.ABC):
    """Everything that learns is created in train()."""

    @abc.abstractmethod
    def features(self, df, y=None):
        ...

    @abc.abstractmethod
    def make(self):
        ...

    def train(self, df, y):
        self.est = self.make()
        self.est.fit(self.features(df, y), y)
        return self

    def predict(self, df):
        return self.est.predict(self.features(df))


class TextRidge(BaseModel):
    def make(self):
        return Ridge(alpha=5.0, solver='sag', fit_intercept=True)

    def features(self, df, y=None):
        if y is not None:
            self.name_v = CountVectorizer(min_df=10)
            self.desc_v = TfidfVectorizer(max_features=50000, ngram_range=(1, 2), stop_words='english')
            self.ohe = OneHotEncoder(handle_unknown='ignore')
            return sp.hstack([self.name_v.fit_transform(df['name']),
                              self.desc_v.fit_transform(df['item_description']),
                              self.ohe.fit_transform(df[['brand_name', 'cat0', 'cat1', 'cat2', 'item_condition_id',
                                                         'shipping']])]).tocsr()
        return sp.hstack([self.name_v.transform(df['name']),
                          self.desc_v.transform(df['item_description']),
                          self.ohe.transform(df[['brand_name', 'cat0', 'cat1', 'cat2', 'item_condition_id',
                                                 'shipping']])]).tocsr()


class MeansGBM(BaseModel):
    keys = ('brand_name', 'cat1', 'cat2')

    def make(self):
        return LGBMRegressor(n_estimators=800, num_leaves=80, learning_rate=0.1)

    def features(self, df, y=None):
        if y is not None:
            self.prior = y.mean()
            self.maps = {k: pd.Series(y).groupby(df[k].values).agg(['mean', 'size']) for k in self.keys}
        cols = [df[['item_condition_id', 'shipping', 'desc_len', 'name_words']].values]
        for k in self.keys:
            t = self.maps[k]
            cols.append(df[k].map(t['mean']).fillna(self.prior).values[:, None])
            cols.append(df[k].map(t['size']).fillna(0).values[:, None])
        X = np.hstack(cols).astype(float)
        if y is not None:
            self.sc = StandardScaler().fit(X)
        return self.sc.transform(X)


def rmse(a, b):
    return float(np.sqrt(np.mean((a - b) ** 2)))


def oof(factory, df, y, k=4):
    z = np.empty(len(df))
    for n, (i, j) in enumerate(KFold(k, shuffle=True, random_state=10).split(df)):
        t = time.time()
        z[j] = factory().train(df.iloc[i].reset_index(drop=True), y[i]).predict(df.iloc[j])
        log.info('%s fold %d  %.4f  (%.0f s)', factory.__name__, n, rmse(y[j], z[j]), time.time() - t)
    return z


def main():
    logging.basicConfig(level=logging.INFO)
    raw = tidy(pd.read_csv('train.tsv', sep='\t'))
    raw = raw.iloc[np.random.RandomState(31).permutation(len(raw))].reset_index(drop=True)
    edge = int(.9 * len(raw))
    dev, hold = raw.iloc[:edge], raw.iloc[edge:].reset_index(drop=True)
    y_dev, y_hold = np.log1p(dev['price'].values), np.log1p(hold['price'].values)

    za, zb = oof(TextRidge, dev, y_dev), oof(MeansGBM, dev, y_dev)
    grid = np.linspace(0, 1, 21)
    w = grid[np.argmin([rmse(y_dev, g * za + (1 - g) * zb) for g in grid])]
    log.info('weight of the ridge %.2f, blended oof %.4f', w, rmse(y_dev, w * za + (1 - w) * zb))

    a, b = TextRidge().train(dev, y_dev), MeansGBM().train(dev, y_dev)
    blend = w * a.predict(hold) + (1 - w) * b.predict(hold)
    print('RMSLE on %d unseen listings: %.4f' % (len(hold), rmse(y_hold, blend)))


if __name__ == '__main__':
    main()
