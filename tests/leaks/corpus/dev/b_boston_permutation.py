# labels: NB1
# why: X is centred and scaled by X.mean(0) and X.std(0) of all rows, and only then perm cuts it into train and test for the hand-written ridge
# hard: no sklearn at all, the standardisation is one line of numpy arithmetic
import numpy as np
import pandas as pd
import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt

np.random.seed(229)


def load(fname='boston.csv'):
    d = pd.read_csv(fname)
    y = d.MEDV.values
    X = d.drop('MEDV', axis=1).values.astype(float)
    return X, y


def ridge_fit(X, y, lam):
    n = X.shape[1]
    I = np.eye(n)
    I[0, 0] = 0
    return np.linalg.solve(X.T.dot(X) + lam * I, X.T.dot(y))


def rmse(a, b):
    return np.sqrt(((a - b) ** 2).mean())


X, y = load()
X = (X - X.mean(axis=0)) / X.std(axis=0)
X = np.hstack([X, X ** 2])
X = np.hstack([np.ones((len(X), 1)), X])

perm = np.random.permutation(len(X))
m = int(.7 * len(X))
Xtr, ytr = X[perm[:m]], y[perm[:m]]
Xte, yte = X[perm[m:]], y[perm[m:]]

theta = ridge_fit(Xtr, ytr, lam=3.0)
print('train RMSE', rmse(Xtr.dot(theta), ytr))
print('test  RMSE', rmse(Xte.dot(theta), yte))

plt.scatter(yte, Xte.dot(theta), s=8)
plt.plot([0, 50], [0, 50], 'r')
plt.savefig('ridge.png')
