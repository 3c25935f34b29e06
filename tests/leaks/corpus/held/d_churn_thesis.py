# labels: none
# why: all candidates are compared on the validation part, the preparation is fitted on the training part, and the chosen model is scored once on the test part.
# hard: helper functions with X_test-like arguments are called many times with the validation part, and the final fit joins train and validation but not test.
# -*- coding: utf-8 -*-
"""
Master thesis, chapter 5: experiments on customer churn (cell2cell)
usage: python churn.py data/cell2celltrain.csv
"""
import sys
import time
import warnings

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.filterwarnings('ignore')
SEED = 2019
results = pd.DataFrame(columns=['model', 'acc', 'prec', 'rec', 'f1', 'auc', 'sec'])


def load(path):
    df = pd.read_csv(path)
    df = df.drop('CustomerID', axis=1)
    df['Churn'] = (df['Churn'] == 'Yes').astype(int)
    df['HandsetPrice'] = pd.to_numeric(df['HandsetPrice'], errors='coerce')
    df['ServiceArea'] = df['ServiceArea'].astype(str).str[:3]
    print(df.shape)
    print(df.isnull().sum().sort_values(ascending=False).head(12))
    print(df['Churn'].value_counts(normalize=True))
    return df


def make_prep(X):
    num = X.select_dtypes(include=[np.number]).columns.tolist()
    cat = [c for c in X.columns if c not in num]
    num_pipe = Pipeline([('imp', SimpleImputer(strategy='median')), ('sc', StandardScaler())])
    cat_pipe = Pipeline([('imp', SimpleImputer(strategy='most_frequent')),
                         ('oh', OneHotEncoder(handle_unknown='ignore'))])
    return ColumnTransformer([('num', num_pipe, num), ('cat', cat_pipe, cat)])


def get_metrics(name, model, X, y, sec=0.0):
    p = model.predict(X)
    q = model.predict_proba(X)[:, 1]
    return {'model': name, 'acc': accuracy_score(y, p), 'prec': precision_score(y, p),
            'rec': recall_score(y, p), 'f1': f1_score(y, p), 'auc': roc_auc_score(y, q), 'sec': sec}


def run_model(name, clf, X_train, y_train, X_eval, y_eval):
    global results
    t = time.time()
    model = Pipeline([('prep', make_prep(X_train)), ('clf', clf)])
    model.fit(X_train, y_train)
    row = get_metrics(name, model, X_eval, y_eval, time.time() - t)
    results = pd.concat([results, pd.DataFrame([row])], ignore_index=True)
    print('%-12s auc %.4f f1 %.4f' % (name, row['auc'], row['f1']))
    return model


def main():
    df = load(sys.argv[1])
    X, y = df.drop('Churn', axis=1), df['Churn']
    X_dev, X_test, y_dev, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=SEED)
    X_train, X_val, y_train, y_val = train_test_split(X_dev, y_dev, test_size=0.25, stratify=y_dev,
                                                      random_state=SEED)
    print('train / val / test:', len(X_train), len(X_val), len(X_test))

    candidates = {'lr': LogisticRegression(max_iter=2000),
                  'lr_bal': LogisticRegression(max_iter=2000, class_weight='balanced'),
                  'rf': RandomForestClassifier(n_estimators=300, n_jobs=-1, random_state=SEED),
                  'gbm': GradientBoostingClassifier(random_state=SEED),
                  'mlp': MLPClassifier(hidden_layer_sizes=(64, 32), early_stopping=True, random_state=SEED)}
    for name, clf in candidates.items():
        run_model(name, clf, X_train, y_train, X_val, y_val)

    for depth in (2, 3, 4, 5):
        for rate in (0.03, 0.1):
            name = 'gbm_d%d_r%g' % (depth, rate)
            candidates[name] = GradientBoostingClassifier(max_depth=depth, learning_rate=rate,
                                                          n_estimators=300, random_state=SEED)
            run_model(name, candidates[name], X_train, y_train, X_val, y_val)

    print(results.sort_values('auc', ascending=False).to_string())
    results.to_latex('tab_validation.tex', float_format='%.3f')
    winner = results.loc[results['auc'].astype(float).idxmax(), 'model']
    print('winner', winner)

    final = Pipeline([('prep', make_prep(X_dev)), ('clf', candidates[winner])])
    final.fit(X_dev, y_dev)
    print(get_metrics('final ' + winner, final, X_test, y_test))


if __name__ == '__main__':
    main()
