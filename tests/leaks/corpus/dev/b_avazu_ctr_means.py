# labels: NB1
# why: the click rate of every site, app and device (target mean, ctr_*) is computed over all sampled rows, and the KFold loop afterwards scores on rows whose own click went into their ctr_* column
# hard: the OOF loop itself fits and scores correctly and the holdout csv has no labels
import sys
import numpy as np
import pandas as pd
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler

N = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
KEYS = ['site_id', 'site_domain', 'app_id', 'app_domain', 'device_model', 'C14', 'C17', 'C21']

clicks = pd.read_csv('train.gz', nrows=N, dtype={'id': str})
unlabelled = pd.read_csv('test.gz', dtype={'id': str})

for frame in (clicks, unlabelled):
    frame['hod'] = frame['hour'] % 100
    frame['is_app'] = (frame['site_id'] == '85f751fd').astype(int)

prior, weight = clicks['click'].mean(), 20
for key in KEYS:
    agg = clicks.groupby(key)['click'].agg(['sum', 'size'])
    rate = (agg['sum'] + prior * weight) / (agg['size'] + weight)
    for frame in (clicks, unlabelled):
        frame['ctr_' + key] = frame[key].map(rate).fillna(prior)

use = ['ctr_' + k for k in KEYS] + ['hod', 'is_app', 'banner_pos', 'device_type', 'device_conn_type']
X, y, Z = clicks[use].values, clicks['click'].values, unlabelled[use].values

oof, answer = np.zeros(len(y)), np.zeros(len(Z))
for a, b in KFold(5, shuffle=True, random_state=4).split(X):
    ss = StandardScaler().fit(X[a])
    sgd = SGDClassifier(loss='log_loss', alpha=1e-6, random_state=4).fit(ss.transform(X[a]), y[a])
    oof[b] = sgd.predict_proba(ss.transform(X[b]))[:, 1]
    answer += sgd.predict_proba(ss.transform(Z))[:, 1] / 5
print('oof logloss', round(log_loss(y, oof), 5))
print('constant    ', round(log_loss(y, np.full(len(y), prior)), 5))
unlabelled.assign(click=answer)[['id', 'click']].to_csv('ctr_sgd.csv', index=False)
