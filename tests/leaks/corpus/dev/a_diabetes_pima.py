# labels: NB1
# why: NB1: normalise() fits StandardScaler on all 768 rows inside load(), and X_test is cut from that scaled array later.
# hard: the fit hides in a helper called by another helper, the split happens in main().
import sys

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

COLS = ["Pregnancies", "Glucose", "BloodPressure", "SkinThickness", "Insulin",
        "BMI", "DiabetesPedigreeFunction", "Age", "Outcome"]


def normalise(a):
    return StandardScaler().fit_transform(a)


def load(path):
    """read the csv, give back features and target"""
    df = pd.read_csv(path, header=None, names=COLS)
    df = df[df["BMI"] > 0]
    y = df.pop("Outcome").values
    X = normalise(df.values.astype(float))
    return X, y


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else "pima-indians-diabetes.csv"
    X, y = load(path)
    print("rows:", X.shape[0], "positives:", int(y.sum()))
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, stratify=y, random_state=0)

    clf = LogisticRegression(C=1.0)
    clf.fit(X_train, y_train)
    proba = clf.predict_proba(X_test)[:, 1]
    print("accuracy  %.3f" % accuracy_score(y_test, (proba > 0.5).astype(int)))
    print("ROC AUC   %.3f" % roc_auc_score(y_test, proba))
    order = np.argsort(-np.abs(clf.coef_[0]))
    for i in order:
        print("%-28s %+.3f" % (COLS[i], clf.coef_[0][i]))


if __name__ == "__main__":
    main()
