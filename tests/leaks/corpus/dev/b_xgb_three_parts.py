# labels: none
# why: early stopping and the choice of max_depth look at the validation part only; the test part is scored once by the chosen booster
# hard: a loop over depths with eval_set stands before the test score, and `X_test` is re-used as a name for rest of the first split
"""Otto-like multiclass with plain xgboost, three parts."""
import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

SEED = 1301

df = pd.read_csv('otto/train.csv').drop(columns='id')
y = df.pop('target').str.replace('Class_', '', regex=False).astype(int).values - 1
X = np.log1p(df.values.astype('float32'))

# 60 / 20 / 20
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.4, stratify=y, random_state=SEED)
X_val, X_test, y_val, y_test = train_test_split(X_test, y_test, test_size=0.5, stratify=y_test, random_state=SEED)
for name, part in (('train', y_train), ('val', y_val), ('test', y_test)):
    print(name, len(part), np.bincount(part))

dtrain = xgb.DMatrix(X_train, label=y_train)
dval = xgb.DMatrix(X_val, label=y_val)

results = {}
for depth in (4, 6, 8, 10):
    params = dict(objective='multi:softprob', num_class=9, eta=0.1, max_depth=depth,
                  subsample=0.8, colsample_bytree=0.8, eval_metric='mlogloss', seed=SEED)
    bst = xgb.train(params, dtrain, num_boost_round=2000, evals=[(dtrain, 'train'), (dval, 'val')],
                    early_stopping_rounds=30, verbose_eval=100)
    results[depth] = (bst.best_score, bst)
    print('depth %2d: best val mlogloss %.4f at round %d' % (depth, bst.best_score, bst.best_iteration))

best_depth = min(results, key=lambda d: results[d][0])
booster = results[best_depth][1]
proba = booster.predict(xgb.DMatrix(X_test), iteration_range=(0, booster.best_iteration + 1))
print('chosen depth', best_depth)
print('test mlogloss %.4f' % log_loss(y_test, proba))
