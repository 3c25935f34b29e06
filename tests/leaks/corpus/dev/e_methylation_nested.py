# labels: none
# why: site selection, scaling and the elastic net sit in one pipeline inside GridSearchCV, which is itself scored by an outer cross_val_score; all fits happen inside the folds.
# hard: a variance table over all samples is written for the supplement only; the sex chromosome filter is from the annotation; a final fit on all samples gives the clock's coefficients after the score.
"""Epigenetic age from 450k arrays (GSE40279), nested cross-validation."""
import numpy as np
import pandas as pd
from sklearn.feature_selection import SelectKBest, VarianceThreshold, f_regression
from sklearn.linear_model import ElasticNet
from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

beta = pd.read_pickle('GSE40279_beta.pkl')          # samples x sites
pheno = pd.read_csv('GSE40279_pheno.csv', index_col='gsm').loc[beta.index]
anno = pd.read_csv('HumanMethylation450_anno.csv', index_col='IlmnID', usecols=['IlmnID', 'CHR', 'SNP'])

auto = anno.index[~anno.CHR.isin(['X', 'Y']) & anno.SNP.isna()]
beta = beta.loc[:, beta.columns.intersection(auto)]
print(beta.shape)

# supplement, table S2
(beta.var().sort_values(ascending=False).head(1000).rename('variance')
 .to_csv('S2_most_variable_sites.csv'))

# M values
eps = 1e-3
m_values = np.log2((beta + eps) / (1 - beta + eps))


def horvath(age, adult=20):
    age = np.asarray(age, float)
    return np.where(age <= adult, np.log(np.minimum(age, adult) + 1) - np.log(adult + 1),
                    (age - adult) / (adult + 1))


def horvath_inv(t, adult=20):
    return np.where(t < 0, (1 + adult) * np.exp(t) - 1, (1 + adult) * t + adult)


X = m_values.values.astype('float32')
y = horvath(pheno['age'])

pipe = Pipeline([
    ('var', VarianceThreshold(0.01)),
    ('top', SelectKBest(f_regression, k=5000)),
    ('sc', StandardScaler()),
    ('net', ElasticNet(max_iter=5000)),
])
grid = {
    'top__k': [1000, 5000, 20000],
    'net__alpha': [0.01, 0.03, 0.1],
    'net__l1_ratio': [0.2, 0.5],
}
inner = KFold(4, shuffle=True, random_state=11)
outer = KFold(5, shuffle=True, random_state=12)
search = GridSearchCV(pipe, grid, cv=inner, scoring='neg_mean_absolute_error', n_jobs=8)

scores = cross_val_score(search, X, y, cv=outer, scoring='r2')
print('outer R2', scores.round(3), 'mean', scores.mean().round(3))

oof = horvath_inv(cross_val_predict(search, X, y, cv=outer))
err = np.abs(oof - pheno['age'])
print('median absolute error %.2f years' % err.median())
print(err.groupby(pheno['gender']).median())

search.fit(X, y)
best = search.best_estimator_
keep = np.where(best['var'].get_support())[0][best['top'].get_support()]
coef = pd.Series(best['net'].coef_, index=beta.columns[keep])
coef[coef != 0].to_csv('clock_coefficients.csv')
