# labels: none
# why: three consecutive date blocks; store means and the number of rounds come from blocks older than the one judged; the last six weeks are scored once
# hard: store averages are group means of the target merged on all blocks, but computed on `old`; train is later refitted on older + middle block with a fixed number of rounds
"""Rossmann store sales: six-week forecast with gradient boosting.

python rossmann.py --input ~/kaggle/rossmann --weeks 6
"""
from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import xgboost as xgb

CLOSED_FLAGS = {'0': 0, 'a': 1, 'b': 2, 'c': 3, 'd': 4}
MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sept', 'Oct', 'Nov', 'Dec']


def rmspe(y, yhat):
    return np.sqrt(np.mean((yhat / y - 1) ** 2))


def rmspe_xg(preds, dmat):
    return 'rmspe', float(rmspe(np.expm1(dmat.get_label()), np.expm1(preds)))


def read(folder: Path):
    types = {'StateHoliday': str}
    sales = pd.read_csv(folder / 'train.csv', parse_dates=['Date'], dtype=types)
    store = pd.read_csv(folder / 'store.csv')
    kaggle = pd.read_csv(folder / 'test.csv', parse_dates=['Date'], dtype=types)
    sales = sales[(sales['Open'] == 1) & (sales['Sales'] > 0)]
    kaggle['Open'] = kaggle['Open'].fillna(1)
    return sales.merge(store, on='Store'), kaggle.merge(store, on='Store')


def calendar(d: pd.DataFrame) -> list[str]:
    """Adds columns in place and names the usable ones."""
    d['CompetitionDistance'] = d['CompetitionDistance'].fillna(200000).pipe(np.log1p)
    for c in ('StoreType', 'Assortment', 'StateHoliday'):
        d[c] = d[c].map(CLOSED_FLAGS)
    d['Year'] = d['Date'].dt.year
    d['Month'] = d['Date'].dt.month
    d['Day'] = d['Date'].dt.day
    d['Week'] = d['Date'].dt.isocalendar().week.astype(int)
    d['CompetitionOpen'] = (12 * (d['Year'] - d['CompetitionOpenSinceYear'])
                            + d['Month'] - d['CompetitionOpenSinceMonth']).clip(lower=0).fillna(-1)
    d['PromoOpen'] = (12 * (d['Year'] - d['Promo2SinceYear'])
                      + (d['Week'] - d['Promo2SinceWeek']) / 4.0).clip(lower=0).fillna(-1)
    inter = d['PromoInterval'].fillna('').str.split(',')
    d['IsPromoMonth'] = [int(MONTHS[m - 1] in p) for m, p in zip(d['Month'], inter)]
    return ['Store', 'CompetitionDistance', 'Promo', 'Promo2', 'SchoolHoliday', 'StoreType', 'Assortment',
            'StateHoliday', 'DayOfWeek', 'Year', 'Month', 'Day', 'Week', 'CompetitionOpen', 'PromoOpen',
            'IsPromoMonth']


def store_profile(block: pd.DataFrame) -> pd.DataFrame:
    per_store = block.groupby('Store').agg(mean_sales=('Sales', 'mean'), mean_cust=('Customers', 'mean'))
    per_store['per_cust'] = per_store['mean_sales'] / per_store['mean_cust']
    dow = block.pivot_table(index='Store', columns='DayOfWeek', values='Sales', aggfunc='mean')
    dow.columns = ['dow_%d' % c for c in dow.columns]
    return np.log1p(per_store.join(dow))


def matrix(block, profile, cols, labelled=True):
    joined = block.join(profile, on='Store')
    X = joined[cols + list(profile.columns)].astype(float)
    return xgb.DMatrix(X, np.log1p(block['Sales']) if labelled else None)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('--input', type=Path, required=True)
    ap.add_argument('--weeks', type=int, default=6)
    ap.add_argument('--out', default='submission.csv')
    opt = ap.parse_args()

    sales, kaggle = read(opt.input)
    cols = calendar(sales)
    calendar(kaggle)

    end = sales['Date'].max()
    span = dt.timedelta(weeks=opt.weeks)
    last = sales[sales['Date'] > end - span]
    middle = sales[(sales['Date'] <= end - span) & (sales['Date'] > end - 2 * span)]
    old = sales[sales['Date'] <= end - 2 * span]
    print({k: (len(v), v['Date'].min().date()) for k, v in dict(old=old, middle=middle, last=last).items()})

    params = {'objective': 'reg:squarederror', 'eta': 0.1, 'max_depth': 10, 'subsample': 0.9,
              'colsample_bytree': 0.6, 'seed': 1301, 'disable_default_eval_metric': 1}
    prof = store_profile(old)
    dold, dmid = matrix(old, prof, cols), matrix(middle, prof, cols)
    probe = xgb.train(params, dold, 3000, evals=[(dmid, 'middle')], custom_metric=rmspe_xg,
                      early_stopping_rounds=100, verbose_eval=250)
    rounds = probe.best_iteration + 1

    known = pd.concat([old, middle])
    prof = store_profile(known)
    bst = xgb.train(params, matrix(known, prof, cols), rounds)
    p = np.expm1(bst.predict(matrix(last, prof, cols)))
    print('last %d weeks: RMSPE %.4f with %d rounds' % (opt.weeks, rmspe(last['Sales'].values, p), rounds))

    prof = store_profile(sales)
    bst = xgb.train(params, matrix(sales, prof, cols), rounds)
    kaggle['Sales'] = np.expm1(bst.predict(matrix(kaggle, prof, cols, labelled=False))) * kaggle['Open']
    kaggle[['Id', 'Sales']].to_csv(opt.out, index=False)


if __name__ == '__main__':
    main()
