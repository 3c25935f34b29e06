# labels: none
# why: rolling and shifted features use past hours only, the three parts are consecutive dates, the scaler learns from train_df and the test year is predicted once
# hard: features over the whole frame before the cut, fillna by ffill/0, a loop over alphas on the validation year
import os

import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

PATH = os.environ.get('PJM', 'data/PJME_hourly.csv')


def make_features(s):
    f = pd.DataFrame({'y': s})
    for lag in (24, 48, 168, 336):
        f['lag%d' % lag] = s.shift(lag)
    shifted = s.shift(24)
    f['roll_day'] = shifted.rolling(24).mean()
    f['roll_week'] = shifted.rolling(168).mean()
    f['roll_std'] = shifted.rolling(168).std()
    f['ewm'] = shifted.ewm(halflife=12).mean()
    hour = f.index.hour
    f['sin_h'] = np.sin(2 * np.pi * hour / 24)
    f['cos_h'] = np.cos(2 * np.pi * hour / 24)
    f['weekend'] = (f.index.dayofweek >= 5).astype(int)
    f['doy_s'] = np.sin(2 * np.pi * f.index.dayofyear / 365.25)
    f['doy_c'] = np.cos(2 * np.pi * f.index.dayofyear / 365.25)
    return f.dropna()


def mape(a, b):
    return 100 * np.mean(np.abs((a - b) / a))


s = pd.read_csv(PATH, index_col=0, parse_dates=True)['PJME_MW'].sort_index()
s = s[~s.index.duplicated()].asfreq('h').ffill()
data = make_features(s)

train_df = data[:'2015']
valid_df = data.loc['2016']
test_df = data.loc['2017':'2018']
print(len(train_df), len(valid_df), len(test_df))

cols = [c for c in data.columns if c != 'y']
sc = StandardScaler().fit(train_df[cols])
A, B, C = (sc.transform(d[cols]) for d in (train_df, valid_df, test_df))

best = (np.inf, None)
for alpha in 10.0 ** np.arange(-2, 5):
    r = Ridge(alpha=alpha).fit(A, train_df['y'])
    m = mape(valid_df['y'], r.predict(B))
    print('alpha %-8g valid MAPE %.3f' % (alpha, m))
    if m < best[0]:
        best = (m, r)

model = best[1]
print('test MAPE %.3f' % mape(test_df['y'], model.predict(C)))
print('naive (same hour last week) %.3f' % mape(test_df['y'], test_df['lag168']))
