# labels: NB3
# why: lightgbm stops early on lgb_eval, which is X_test/y_test, and the AUC is then reported on the same X_test
# hard: one model, one score at the end; the second look at the test rows is hidden in valid_sets
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

app = pd.read_csv('../input/application_train.csv')
app['DAYS_EMPLOYED'] = app['DAYS_EMPLOYED'].replace(365243, np.nan)
app['CREDIT_INCOME_PERCENT'] = app['AMT_CREDIT'] / app['AMT_INCOME_TOTAL']
app['ANNUITY_INCOME_PERCENT'] = app['AMT_ANNUITY'] / app['AMT_INCOME_TOTAL']
app['CREDIT_TERM'] = app['AMT_ANNUITY'] / app['AMT_CREDIT']

for c in app.select_dtypes('object'):
    app[c] = app[c].astype('category')

y = app.pop('TARGET')
X = app.drop(columns='SK_ID_CURR')
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=50)

lgb_train = lgb.Dataset(X_train, y_train)
lgb_eval = lgb.Dataset(X_test, y_test, reference=lgb_train)

params = {
    'objective': 'binary',
    'metric': 'auc',
    'learning_rate': 0.03,
    'num_leaves': 34,
    'feature_fraction': 0.6,
    'bagging_fraction': 0.8,
    'bagging_freq': 1,
    'verbosity': -1,
}
gbm = lgb.train(params, lgb_train, num_boost_round=5000, valid_sets=[lgb_train, lgb_eval],
                callbacks=[lgb.early_stopping(100), lgb.log_evaluation(200)])

p = gbm.predict(X_test, num_iteration=gbm.best_iteration)
print('Test AUC: %.5f' % roc_auc_score(y_test, p))
gbm.save_model('home_credit.txt')
