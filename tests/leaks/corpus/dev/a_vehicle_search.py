# labels: none
# why: the searches run with folds over the first part only, the better of the two by its fold score is taken, and the rest is predicted by that one.
# hard: two searches and a max() over them; a fit_transform of the label codes for all rows; the final metrics are three functions of one prediction.
import argparse

import pandas as pd
from scipy.stats import loguniform, randint
from sklearn import metrics
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.model_selection import RandomizedSearchCV, ShuffleSplit, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import LabelEncoder, QuantileTransformer
from sklearn.svm import SVC


def searches(seed):
    cv = ShuffleSplit(6, test_size=.2, random_state=seed)
    svc = Pipeline([("q", QuantileTransformer(n_quantiles=100)), ("m", SVC())])
    yield RandomizedSearchCV(svc, {"m__C": loguniform(.1, 1e3), "m__gamma": loguniform(1e-3, 10)}, n_iter=30, cv=cv, random_state=seed)
    ext = ExtraTreesClassifier(400, random_state=seed)
    yield RandomizedSearchCV(ext, {"max_features": randint(2, 18), "min_samples_leaf": randint(1, 6)}, n_iter=15, cv=cv, random_state=seed)


def main(argv=None):
    ap = argparse.ArgumentParser(description="Statlog vehicle silhouettes")
    ap.add_argument("csv")
    ap.add_argument("--seed", type=int, default=0)
    args = ap.parse_args(argv)

    t = pd.read_csv(args.csv)
    le = LabelEncoder()
    codes = le.fit_transform(t.pop("Class"))
    first, rest, cf, cr = train_test_split(t, codes, test_size=1 / 3, random_state=args.seed, stratify=codes)

    done = [s.fit(first, cf) for s in searches(args.seed)]
    for s in done:
        print(f"{s.best_score_:.4f}", s.best_params_)
    winner = max(done, key=lambda s: s.best_score_)

    said = winner.predict(rest)
    for f in (metrics.accuracy_score, metrics.balanced_accuracy_score, metrics.cohen_kappa_score):
        print(f"{f.__name__:26s}{f(cr, said):.3f}")
    print(metrics.classification_report(cr, said, target_names=le.classes_))


if __name__ == "__main__":
    main()
