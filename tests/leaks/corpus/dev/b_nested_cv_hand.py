# labels: none
# why: nested cross-validation by hand; scaler, PCA and the choice of C/gamma see only the outer training rows, each outer fold is scored once
# hard: three loops with many scores; the inner scores choose, the outer ones report
import itertools

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

X, y = load_breast_cancer(return_X_y=True)

grid = list(itertools.product([0.1, 1, 10, 100], [0.001, 0.01, 0.1], [5, 10, 20]))


def run(Xa, ya, Xb, C, gamma, n):
    sc = StandardScaler()
    Xa = sc.fit_transform(Xa)
    Xb = sc.transform(Xb)
    pca = PCA(n_components=n, random_state=0).fit(Xa)
    svm = SVC(C=C, gamma=gamma, class_weight='balanced').fit(pca.transform(Xa), ya)
    return svm.predict(pca.transform(Xb))


outer = StratifiedKFold(5, shuffle=True, random_state=1)
inner = StratifiedKFold(4, shuffle=True, random_state=2)
outer_scores = []
for k, (dev, tst) in enumerate(outer.split(X, y)):
    Xd, yd = X[dev], y[dev]
    table = np.zeros((len(grid), inner.get_n_splits()))
    for j, (a, b) in enumerate(inner.split(Xd, yd)):
        for g, (C, gamma, n) in enumerate(grid):
            pred = run(Xd[a], yd[a], Xd[b], C, gamma, n)
            table[g, j] = balanced_accuracy_score(yd[b], pred)
    best = grid[table.mean(axis=1).argmax()]
    pred = run(Xd, yd, X[tst], *best)
    outer_scores.append(balanced_accuracy_score(y[tst], pred))
    print(k, best, 'inner %.4f outer %.4f' % (table.mean(axis=1).max(), outer_scores[-1]))

print('%.4f +- %.4f' % (np.mean(outer_scores), np.std(outer_scores)))
