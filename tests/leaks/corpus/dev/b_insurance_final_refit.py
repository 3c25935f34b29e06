# labels: none
# why: the pipeline is cross-validated on the training part and scored once on the test part; only then it is refitted on all rows for export and not scored again
# hard: pipe.fit on the concatenation of train and test stands in the file; the search uses CV on the training part
import argparse
import json
import logging
import sys
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score
from sklearn.model_selection import RandomizedSearchCV, cross_validate, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

LOG = logging.getLogger('insurance')

NUMERIC = ['age', 'bmi', 'children']
CATEGORICAL = ['sex', 'smoker', 'region']
TARGET = 'charges'


def parse_args(argv=None):
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('--data', type=Path, default=Path('insurance.csv'))
    p.add_argument('--out', type=Path, default=Path('artifacts'))
    p.add_argument('--test-size', type=float, default=0.2)
    p.add_argument('--n-iter', type=int, default=20)
    p.add_argument('--seed', type=int, default=2024)
    return p.parse_args(argv)


def build(seed):
    pre = ColumnTransformer([
        ('num', Pipeline([('imp', SimpleImputer()), ('sc', StandardScaler())]), NUMERIC),
        ('cat', OneHotEncoder(handle_unknown='ignore'), CATEGORICAL),
    ])
    model = TransformedTargetRegressor(RandomForestRegressor(random_state=seed, n_jobs=-1),
                                       func=np.log1p, inverse_func=np.expm1)
    return Pipeline([('pre', pre), ('model', model)])


def metrics(y, p):
    return {'mae': float(mean_absolute_error(y, p)),
            'rmse': float(np.sqrt(mean_squared_error(y, p))),
            'r2': float(r2_score(y, p))}


def main(argv=None):
    args = parse_args(argv)
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format='%(levelname)s %(message)s')
    args.out.mkdir(exist_ok=True, parents=True)

    df = pd.read_csv(args.data).drop_duplicates()
    LOG.info('read %d rows', len(df))
    X, y = df[NUMERIC + CATEGORICAL], df[TARGET]
    X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=args.test_size, random_state=args.seed)

    pipe = build(args.seed)
    base = cross_validate(pipe, X_tr, y_tr, cv=5, scoring='neg_mean_absolute_error')
    LOG.info('untuned CV MAE %.0f', -base['test_score'].mean())

    space = {
        'model__regressor__n_estimators': [200, 400, 800],
        'model__regressor__max_depth': [None, 4, 6, 8, 12],
        'model__regressor__min_samples_leaf': [1, 2, 5, 10, 20],
        'model__regressor__max_features': ['sqrt', 0.5, 1.0],
    }
    search = RandomizedSearchCV(pipe, space, n_iter=args.n_iter, cv=5, random_state=args.seed,
                                scoring='neg_mean_absolute_error')
    search.fit(X_tr, y_tr)
    LOG.info('best %s', search.best_params_)

    report = {'cv_mae': float(-search.best_score_),
              'train': metrics(y_tr, search.predict(X_tr)),
              'test': metrics(y_te, search.predict(X_te)),
              'params': search.best_params_}
    (args.out / 'report.json').write_text(json.dumps(report, indent=2, default=str))
    LOG.info('test %s', report['test'])

    # what we ship has seen every customer
    pipe = clone(search.best_estimator_)
    pipe.fit(pd.concat([X_tr, X_te]), pd.concat([y_tr, y_te]))
    joblib.dump(pipe, args.out / 'model.joblib')
    LOG.info('saved')


if __name__ == '__main__':
    main()
