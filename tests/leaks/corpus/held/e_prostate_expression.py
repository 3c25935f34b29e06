# labels: NB1
# why: top_by_ttest ranks the probes on all samples with their labels and expr is cut down to those probes before StratifiedKFold, so every test fold helped to choose its own features.
# hard: the scaler inside the loop is fitted per fold; the probe filter by present calls is label-free and constant; a permutation run at the end repeats the same loop.
'''
Classification of tumour vs normal tissue from Affymetrix arrays (Singh et al. 2002).
'''
from __future__ import print_function

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, matthews_corrcoef
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler

N_PROBES = 50
N_PERM = 100
RNG = np.random.RandomState(2002)


def read(expr_file, pheno_file):
    expr = pd.read_csv(expr_file, sep='\t', index_col=0).T
    pheno = pd.read_csv(pheno_file, sep='\t', index_col=0)
    pheno = pheno.loc[expr.index]
    return expr, (pheno['tissue'] == 'tumour').astype(int).values


def preprocess(expr):
    expr = expr.clip(lower=20, upper=16000)      # floor and ceiling as in the paper
    expr = np.log2(expr)
    expr = expr.loc[:, ~expr.columns.str.startswith('AFFX')]
    return expr


def top_by_ttest(expr, y, n):
    t, p = stats.ttest_ind(expr.values[y == 1], expr.values[y == 0], equal_var=False)
    order = np.argsort(p)
    tab = pd.DataFrame({'probe': expr.columns[order], 't': t[order], 'p': p[order]})
    tab['fdr'] = (tab['p'] * len(tab) / (np.arange(len(tab)) + 1)).clip(upper=1)
    tab.to_csv('de_table.csv', index=False)
    return list(tab['probe'][:n])


def crossval(X, y, seed=0):
    kf = StratifiedKFold(n_splits=10, shuffle=True, random_state=seed)
    acc, mcc = [], []
    for tr, te in kf.split(X, y):
        sc = StandardScaler()
        Xtr = sc.fit_transform(X[tr])
        Xte = sc.transform(X[te])
        clf = LogisticRegression(penalty='l2', C=0.1, solver='liblinear')
        clf.fit(Xtr, y[tr])
        yp = clf.predict(Xte)
        acc.append(accuracy_score(y[te], yp))
        mcc.append(matthews_corrcoef(y[te], yp))
    return np.mean(acc), np.mean(mcc)


expr, y = read('prostate_expr.txt', 'prostate_pheno.txt')
print('samples x probes', expr.shape, 'tumour', y.sum())

expr = preprocess(expr)
probes = top_by_ttest(expr, y, N_PROBES)
print('\n'.join(probes[:10]))

X = expr[probes].values
acc, mcc = crossval(X, y)
print('10-fold accuracy %.3f, MCC %.3f' % (acc, mcc))

perm = [crossval(X, RNG.permutation(y), seed=i)[0] for i in range(N_PERM)]
print('permutation p = %.4f' % ((np.sum(np.array(perm) >= acc) + 1.) / (N_PERM + 1)))
