# labels: NB1
# why: `keep` (SelectPercentile by ANOVA F over all 100 labelled rows) chooses the columns before cross_val_score, whose folds contain those rows.
# hard: the scaler is correctly inside the pipeline, the repeated folds are correct, and the second column filter (variance == 0 on constants) is harmless
"""Mass spectra: cancer or not, 10 000 features, 100 rows."""
import argparse

import numpy as np
import sklearn.feature_selection as fs
import sklearn.model_selection as ms
from sklearn import linear_model as lm
from sklearn import pipeline as pl
from sklearn import preprocessing as pp


def read(stem: str):
    with open(f"{stem}.data") as fh:
        X = np.array([[float(v) for v in line.split()] for line in fh])
    with open(f"{stem}.labels") as fh:
        y = np.array([int(v) for v in fh])
    return X, y


def shrink(X, y, percentile):
    X = X[:, np.ptp(X, axis=0) > 0]
    keep = fs.SelectPercentile(fs.f_classif, percentile=percentile).fit(X, y).get_support()
    print(f"{keep.sum()} of {X.shape[1]} features kept")
    return X[:, keep]


def main(argv=None):
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("stem", nargs="?", default="ARCENE/arcene_train")
    ap.add_argument("-p", "--percentile", type=float, default=1.0)
    args = ap.parse_args(argv)

    X, y = read(args.stem)
    X = np.log1p(X)
    X = shrink(X, y, args.percentile)
    clf = pl.make_pipeline(pp.StandardScaler(), lm.LogisticRegression(C=0.1, max_iter=2000))
    folds = ms.RepeatedStratifiedKFold(n_splits=5, n_repeats=10, random_state=2003)
    acc = ms.cross_val_score(clf, X, y, cv=folds, scoring="balanced_accuracy")
    print(f"balanced accuracy {acc.mean():.3f} +/- {acc.std() / np.sqrt(len(acc)):.3f}")


if __name__ == "__main__":
    main()
