# labels: none
# why: in every fold the imputer and scaler are fitted on that fold's training rows, each model is scored once per fold and the averages are printed.
# hard: two models compared, fit_transform inside a loop, and a first try on all rows kept under if False.
# heart.csv - exercise sheet 5, task 2b
import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

names = "age sex cp trestbps chol fbs restecg thalach exang oldpeak slope ca thal num".split()
heart = pd.read_csv("processed.cleveland.data", names=names, na_values="?")
y = (heart["num"] > 0).astype(int).values
X = heart.drop(columns="num").values

if False:
    # first version, without folds
    X = StandardScaler().fit_transform(SimpleImputer().fit_transform(X))
    print(LogisticRegression().fit(X, y).score(X, y))

acc = {"lr": [], "knn": []}
skf = StratifiedKFold(n_splits=10, shuffle=True, random_state=99)
for fold, (tr, te) in enumerate(skf.split(X, y), start=1):
    imp = SimpleImputer(strategy="most_frequent")
    sc = StandardScaler()
    Xa = sc.fit_transform(imp.fit_transform(X[tr]))
    Xb = sc.transform(imp.transform(X[te]))
    for name, clf in (("lr", LogisticRegression(max_iter=1000)), ("knn", KNeighborsClassifier(9))):
        clf.fit(Xa, y[tr])
        acc[name].append(clf.score(Xb, y[te]))
    print(fold, {k: round(v[-1], 3) for k, v in acc.items()})

for k, v in acc.items():
    print("%-4s %.3f +- %.3f" % (k, np.mean(v), np.std(v)))
