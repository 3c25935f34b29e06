# labels: none
# why: scaler and target means are fitted inside each fold on the training rows of that fold; the test file has no labels
# hard: fit_transform stands in the file beside a concat of train and test, but the concat is only used to count columns
import gc
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler

SEED = 2017
NFOLDS = 5

train = pd.read_csv('../input/train.csv', na_values=-1)
test = pd.read_csv('../input/test.csv', na_values=-1)
print('train', train.shape, 'test', test.shape)

both = pd.concat([train.drop('target', axis=1), test], axis=0)
print(both.dtypes.value_counts())
print('ids unique:', both['id'].is_unique)
del both
gc.collect()

y = train['target'].values
cat_cols = [c for c in train.columns if c.endswith('_cat')]
num_cols = [c for c in train.columns
            if c not in cat_cols and c not in ('id', 'target') and not c.startswith('ps_calc')]


def gini(y_true, p):
    return 2 * roc_auc_score(y_true, p) - 1


def encode_target(tr_col, tr_y, others, smoothing=50.0):
    """Smoothed mean of the target per category, learnt on tr only."""
    prior = tr_y.mean()
    stats = pd.DataFrame({'c': tr_col.values, 'y': tr_y}).groupby('c')['y'].agg(['mean', 'count'])
    w = stats['count'] / (stats['count'] + smoothing)
    enc = w * stats['mean'] + (1 - w) * prior
    return [o.map(enc).fillna(prior).values for o in others]


skf = StratifiedKFold(n_splits=NFOLDS, shuffle=True, random_state=SEED)
oof = np.zeros(len(train))
sub_preds = np.zeros(len(test))

for i, (tr_idx, va_idx) in enumerate(skf.split(train, y)):
    tr, va = train.iloc[tr_idx].copy(), train.iloc[va_idx].copy()
    te = test.copy()
    y_tr, y_va = y[tr_idx], y[va_idx]

    for c in cat_cols:
        va[c + '_te'], te[c + '_te'], tr[c + '_te'] = encode_target(
            tr[c], y_tr, [va[c], te[c], tr[c]])

    feats = num_cols + [c + '_te' for c in cat_cols]
    fill = tr[feats].median()
    sc = StandardScaler()
    X_tr = sc.fit_transform(tr[feats].fillna(fill))
    X_va = sc.transform(va[feats].fillna(fill))
    X_te = sc.transform(te[feats].fillna(fill))

    clf = LogisticRegression(C=0.1, solver='lbfgs', max_iter=500)
    clf.fit(X_tr, y_tr)
    oof[va_idx] = clf.predict_proba(X_va)[:, 1]
    sub_preds += clf.predict_proba(X_te)[:, 1] / NFOLDS
    print('fold %d  gini %.5f' % (i + 1, gini(y_va, oof[va_idx])))

print('OOF gini %.5f' % gini(y, oof))

sub = pd.DataFrame({'id': test['id'], 'target': sub_preds})
sub.to_csv('lr_te_sub.csv', index=False, float_format='%.5f')
