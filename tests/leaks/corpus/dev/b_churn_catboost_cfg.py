# labels: NB3
# why: for every entry of CONFIGS CatBoost stops early on the same holdout (use_best_model) and the configuration with the best holdout AUC is printed as the result
# hard: classes and a yaml-like dict; folds exist in the file but make_folds is never called
import logging
import time
from collections import OrderedDict

import numpy as np
import pandas as pd
from catboost import CatBoostClassifier, Pool
from sklearn.metrics import f1_score, log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold, train_test_split

logging.basicConfig(level=logging.INFO, format='[%(asctime)s] %(name)s: %(message)s')

CONFIGS = OrderedDict([
    ('shallow', dict(depth=4, learning_rate=0.05, l2_leaf_reg=3)),
    ('deep', dict(depth=8, learning_rate=0.05, l2_leaf_reg=3)),
    ('slow', dict(depth=6, learning_rate=0.01, l2_leaf_reg=3)),
    ('stiff', dict(depth=6, learning_rate=0.05, l2_leaf_reg=30)),
    ('balanced', dict(depth=6, learning_rate=0.05, auto_class_weights='Balanced')),
])


class TelcoData:
    """Telco customer churn, as published by IBM."""

    target = 'Churn'

    def __init__(self, path, seed=0):
        self.path = path
        self.seed = seed
        self.log = logging.getLogger('data')

    def read(self):
        df = pd.read_csv(self.path)
        df['TotalCharges'] = pd.to_numeric(df['TotalCharges'], errors='coerce').fillna(0)
        df['SeniorCitizen'] = df['SeniorCitizen'].map({0: 'No', 1: 'Yes'})
        df[self.target] = df[self.target].eq('Yes').astype(int)
        df['AvgCharge'] = df['TotalCharges'] / df['tenure'].clip(lower=1)
        services = ['OnlineSecurity', 'OnlineBackup', 'DeviceProtection', 'TechSupport',
                    'StreamingTV', 'StreamingMovies']
        df['n_services'] = df[services].eq('Yes').sum(axis=1)
        self.frame = df.drop(columns='customerID')
        self.log.info('%d customers, churn %.3f', len(df), df[self.target].mean())
        return self

    def holdout(self, size=0.2):
        X = self.frame.drop(columns=self.target)
        y = self.frame[self.target]
        self.cat = X.select_dtypes('object').columns.tolist()
        return train_test_split(X, y, test_size=size, stratify=y, random_state=self.seed)

    def make_folds(self, n=5):
        y = self.frame[self.target]
        skf = StratifiedKFold(n, shuffle=True, random_state=self.seed)
        return list(skf.split(self.frame, y))


class Runner:
    def __init__(self, data):
        self.data = data
        self.history = []
        self.log = logging.getLogger('run')

    def one(self, name, cfg, train_pool, hold_pool):
        t = time.time()
        model = CatBoostClassifier(iterations=3000, eval_metric='AUC', random_seed=1, verbose=0, **cfg)
        model.fit(train_pool, eval_set=hold_pool, early_stopping_rounds=100, use_best_model=True)
        p = model.predict_proba(hold_pool)[:, 1]
        y = np.asarray(hold_pool.get_label()).astype(int)
        row = dict(name=name, trees=model.tree_count_, auc=roc_auc_score(y, p), logloss=log_loss(y, p),
                   f1=f1_score(y, p > 0.5), seconds=time.time() - t)
        self.history.append((row['auc'], name, model, row))
        self.log.info('%s', {k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()})

    def all(self, configs):
        a, b, ya, yb = self.data.holdout()
        train_pool = Pool(a, ya, cat_features=self.data.cat)
        hold_pool = Pool(b, yb, cat_features=self.data.cat)
        for name, cfg in configs.items():
            self.one(name, cfg, train_pool, hold_pool)
        self.history.sort(key=lambda h: -h[0])
        return self.history[0]


if __name__ == '__main__':
    data = TelcoData('WA_Fn-UseC_-Telco-Customer-Churn.csv').read()
    auc, name, model, row = Runner(data).all(CONFIGS)
    print('winner %s: AUC %.4f, F1 %.4f, %d trees' % (name, auc, row['f1'], row['trees']))
    model.save_model('churn_%s.cbm' % name)
