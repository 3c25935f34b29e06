"""NB4xx and NB5xx: what they find in code of many styles, and what they leave alone."""

from __future__ import annotations

import pytest

from nbpipe.leaks.analysis import analyse
from nbpipe.leaks.source import parse

ABOVE = """
import joblib, pickle
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.preprocessing import StandardScaler, LabelEncoder
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline, Pipeline
from sklearn.compose import ColumnTransformer
df = pd.read_csv('a.csv')
"""
FITTED = """
X_train, X_test, y_train, y_test = train_test_split(X, y)
m = LogisticRegression()
m.fit(X_train, y_train)
print(m.score(X_test, y_test))
"""
SPLIT = """
X, y = df.drop(columns='t'), df['t']
X_train, X_test, y_train, y_test = train_test_split(X, y)
"""

CLEAN = {
    "cut-by-position": """
X = df.iloc[:, :-1]
y = df.iloc[:, -1]
"""
    + FITTED,
    "cut-by-position-with-a-named-target": """
X = df.iloc[:, 0:4].values
y = df['t']
"""
    + FITTED,
    "popped": """
y = df.pop('t')
X = df
"""
    + FITTED,
    "deleted": """
y = df['t']
del df['t']
X = df
"""
    + FITTED,
    "dropped-in-place": """
y = df['t']
df.drop('t', 1, inplace=True)
X = df.values
"""
    + FITTED,
    "deleted-in-a-loop": """
y = df['t']
for c in ['t', 'id']:
    del df[c]
X = df
"""
    + FITTED,
    "dropped-by-a-list": """
cols = ['t', 'id']
y = df['t']
X = df.drop(cols, axis=1)
"""
    + FITTED,
    "dropped-by-a-variable": """
target = 't'
y = df[target]
X = df.drop(target, axis=1)
"""
    + FITTED,
    "masked": """
y = df['t']
X = df.loc[:, df.columns != 't']
"""
    + FITTED,
    "difference": """
y = df['t']
X = df[df.columns.difference(['t'])]
"""
    + FITTED,
    "comprehension": """
y = df['t']
feats = [c for c in df if c not in ('t', 'id')]
X = df[feats]
"""
    + FITTED,
    "chosen-by-type": """
y = df['t']
X = df.select_dtypes('number').drop(columns='t')
"""
    + FITTED,
    "chosen-by-pattern": """
X = df.filter(regex='^f')
y = df['t']
"""
    + FITTED,
    "chosen-by-a-column-transformer": """
pre = ColumnTransformer([('s', StandardScaler(), ['a'])])
m = Pipeline([('pre', pre), ('m', Ridge())])
y = df['t']
X_train, X_test, y_train, y_test = train_test_split(df, y)
m.fit(X_train, y_train)
print(m.score(X_test, y_test))
""",
    "yesterdays-target": """
df['lag'] = df['t'].shift(1)
X = df.drop(columns='t')
y = df['t']
"""
    + FITTED,
    "logarithm-of-the-target": """
df['lt'] = np.log(df['t'])
X = df.drop(columns=['t', 'lt'])
y = df['lt']
"""
    + FITTED,
    "encoded-target": """
df['t_enc'] = LabelEncoder().fit_transform(df['t'])
X = df.drop(['t', 't_enc'], axis=1)
y = df['t_enc']
"""
    + FITTED,
    "scaled-everywhere": SPLIT
    + """
sc = StandardScaler()
X_train = sc.fit_transform(X_train)
X_test = sc.transform(X_test)
m = LogisticRegression().fit(X_train, y_train)
print(m.score(X_test, y_test))
new = [[1, 2]]
print(m.predict(sc.transform(new)))
n2 = sc.transform([[1, 2]])
print(m.predict(n2))
""",
    "scaled-or-not-in-both": SPLIT
    + """
for f in (True, False):
    A, B = X_train, X_test
    if f:
        sc = StandardScaler().fit(A)
        A, B = sc.transform(A), sc.transform(B)
    m = LogisticRegression().fit(A, y_train)
    m.score(B, y_test)
""",
    "scaled-in-a-function": """
def prep(d):
    return sc.transform(d)


X = df.drop(columns='t')
y = df['t']
X_train, X_test, y_train, y_test = train_test_split(X, y)
sc = StandardScaler().fit(X_train)
m = LogisticRegression().fit(prep(X_train), y_train)
print(m.score(prep(X_test), y_test))
""",
    "a-pipeline-and-named-columns": """
X = df[['a', 'b']]
y = df['t']
X_train, X_test, y_train, y_test = train_test_split(X, y)
m = make_pipeline(StandardScaler(), Ridge()).fit(X_train, y_train)
m.score(X_test, y_test)
m.predict(pd.DataFrame([[1, 2]], columns=['a', 'b']))
m.predict(pd.DataFrame({'a': [1], 'b': [2]}))
""",
    "fitted-by-a-function": """
X = df[['a', 'b']]
y = df['t']
m = make_pipeline(StandardScaler(), Ridge())
print(cross_val_score(m, X, y))


def train(model):
    model.fit(X, y)
    return model


train(m)
joblib.dump(m, 'a')
""",
    "the-best-of-a-search": """
X = df[['a', 'b']]
y = df['t']
m = Ridge()
print(cross_val_score(m, X, y))
g = GridSearchCV(m, {'alpha': [1, 2]}).fit(X, y)
joblib.dump(g.best_estimator_, 'a')
""",
}
FOUND = {
    "the-whole-frame": (
        """
X = df
y = df['t']
"""
        + FITTED,
        "NB401",
        "error",
        "X_train, X_test, y_train, y_test = train_test_split(X.drop(columns='t'), y)",
    ),
    "a-copy-scaled": (
        """
X = df.copy()
y = df.t
X_train, X_test, y_train, y_test = train_test_split(X, y)
sc = StandardScaler()
m = LogisticRegression()
m.fit(sc.fit_transform(X_train), y_train)
print(m.score(sc.transform(X_test), y_test))
""",
        "NB401",
        "error",
        "",
    ),
    "dropped-something-else": (
        """
y = df['t']
X = df.drop('id', axis=1)
print(cross_val_score(LogisticRegression(), X, y))
""",
        "NB401",
        "error",
        "X = df.drop('id', axis=1).drop(columns='t')",
    ),
    "a-compared-column": (
        """
y = (df['delay'] > 15).astype(int)
X = df.drop('id', axis=1)
"""
        + FITTED,
        "NB402",
        "error",
        "X = df.drop('id', axis=1).drop(columns='delay')",
    ),
    "a-pair": (
        """
X, y = df.drop(columns=['id']), df['t']
"""
        + FITTED,
        "NB401",
        "error",
        "X, y = (df.drop(columns=['id']).drop(columns='t'), df['t'])",
    ),
    "a-pair-of-columns-behind-a-pair": (
        """
df['t'], df['far'] = df['d'] > 15, df['n'] > 100
X, y = df.drop(columns='t'), df['t']
"""
        + FITTED,
        "NB402",
        "review",
        "X, y = (df.drop(columns='t').drop(columns='d'), df['t'])",
    ),
    "a-ratio-with-the-target": (
        """
df['ratio'] = df['t'] / df['n']
y = df['t']
X = df.drop('t', axis=1)
"""
        + FITTED,
        "NB402",
        "review",
        "",
    ),
    "the-column-behind-the-target": (
        """
df['t'] = (df['d'] > 15).astype(int)
y = df['t']
X = df.drop('t', axis=1)
"""
        + FITTED,
        "NB402",
        "review",
        "",
    ),
    "pickled-after-cross-validation": (
        """
X = df[['a', 'b']]
y = df['t']
m = make_pipeline(StandardScaler(), Ridge())
print(cross_val_score(m, X, y))
pickle.dump(m, open('a', 'wb'))
""",
        "NB502",
        "error",
        "m.fit(X, y)\npickle.dump(m, open('a', 'wb'))",
    ),
    "packed-with-a-version": (
        """
X = df[['a', 'b']]
y = df['t']
m = make_pipeline(StandardScaler(), Ridge())
print(cross_val_score(m, X, y))
joblib.dump({'pipeline': m, 'v': 1}, 'a')
""",
        "NB502",
        "error",
        "",
    ),
    "two-steps-forgotten": (
        SPLIT
        + """
sc = StandardScaler()
Xs = sc.fit_transform(X_train)
pca = PCA(2)
Xs = pca.fit_transform(Xs)
m = LogisticRegression()
m.fit(Xs, y_train)
p = m.predict(X_test)
print((p == y_test).mean())
""",
        "NB503",
        "review",
        "p = m.predict(pca.transform(sc.transform(X_test)))",
    ),
    "a-new-row": (
        SPLIT
        + """
sc = StandardScaler()
Xs = sc.fit_transform(X_train)
m = LogisticRegression()
m.fit(Xs, y_train)
print(m.score(sc.transform(X_test), y_test))
new = pd.DataFrame([{'a': 1, 'b': 2}])
print(m.predict(new))
""",
        "NB503",
        "review",
        "print(m.predict(sc.transform(new)))",
    ),
    "scored-unscaled": (
        SPLIT
        + """
sc = StandardScaler()
Xs = sc.fit_transform(X_train)
m = LogisticRegression().fit(Xs, y_train)
print(m.score(X_test, y_test))
""",
        "NB503",
        "review",
        "",
    ),
    "a-dict-in-another-order": (
        """
m = Ridge().fit(df[['a', 'b']], df['t'])
m.predict(pd.DataFrame({'b': [1], 'a': [2]}))
""",
        "NB504",
        "review",
        "m.predict(pd.DataFrame({'b': [1], 'a': [2]})[['a', 'b']])",
    ),
    "a-bare-list": (
        """
m = Ridge()
m.fit(df[['a', 'b']], df['t'])
print(m.predict([[1, 2]]))
""",
        "NB504",
        "note",
        "",
    ),
}


def _found(text):
    """Return the findings of NB4xx and NB5xx; that a model is pickled is noted elsewhere."""
    found = analyse(parse(ABOVE + text))
    return [each for each in found if each.code > "NB4" and each.code != "NB501"]


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN)
def test_honest_code_is_left_alone(text):
    assert _found(text) == []


@pytest.mark.parametrize(("text", "code", "severity", "fix"), FOUND.values(), ids=FOUND)
def test_a_leak_is_found_and_its_fix_written(text, code, severity, fix):
    (finding,) = _found(text)
    assert (finding.code, finding.severity) == (code, severity)
    if fix:
        assert finding.fix == fix


def test_versions_beside_a_pickle_are_enough():
    saved = SPLIT + "m = Ridge().fit(X_train, y_train)\njoblib.dump(m, 'a')\n"
    written = saved + "json.dump({'sklearn': sklearn.__version__}, open('a.json', 'w'))\n"
    assert [each.code for each in analyse(parse(ABOVE + saved))] == ["NB501"]
    assert analyse(parse(ABOVE + written)) == ()
