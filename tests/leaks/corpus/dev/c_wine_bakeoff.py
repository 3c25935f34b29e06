# labels: none
# why: candidates are compared by cross_val_score on the training part; only the chosen one meets X_test, once.
# hard: a loop over many models with clone, and a test score after it
import pandas as pd
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

wine = pd.read_csv("winequality-red.csv", sep=";").drop_duplicates()
y = (wine.pop("quality") >= 6).astype(int)
X_train, X_test, y_train, y_test = train_test_split(wine, y, test_size=0.2, stratify=y, random_state=0)

candidates = {
    "logreg": make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000)),
    "knn": make_pipeline(StandardScaler(), KNeighborsClassifier(15, weights="distance")),
    "svm": make_pipeline(StandardScaler(), SVC(C=4)),
    "forest": RandomForestClassifier(400, random_state=0),
    "extra": ExtraTreesClassifier(400, random_state=0),
}
cv = RepeatedStratifiedKFold(n_splits=5, n_repeats=3, random_state=0)

results = {}
for name, est in candidates.items():
    scores = cross_val_score(clone(est), X_train, y_train, cv=cv, scoring="f1")
    results[name] = scores.mean()
    print(f"{name:>8}: {scores.mean():.3f} ± {scores.std():.3f}")

winner = max(results, key=results.get)
final = clone(candidates[winner]).fit(X_train, y_train)
pred = final.predict(X_test)
print(f"{winner}: acc {accuracy_score(y_test, pred):.3f}, f1 {f1_score(y_test, pred):.3f} on the untouched part")
