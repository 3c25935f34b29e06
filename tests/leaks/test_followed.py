"""Whoever writes what a fix says has code that runs, and in which nothing of its kind is found."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize

import numpy as np
import pandas as pd
import pytest

from nbpipe.leaks.analysis import analyse
from nbpipe.leaks.source import parse
from nbpipe.pipeline.parse import parse as parse_build

ABOVE = """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import resample

df = pd.read_csv("flights.csv")
"""
SPLIT = """
X, y = df[["temp", "wind"]], df["late"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
"""
SPLIT_AGAIN = (
    SPLIT
    + """
X_train, X_val, y_train, y_val = train_test_split(X_train, y_train, random_state=0)
"""
)
FOLLOWED = {  # the code, what was written first, what is written after it was followed
    "NB301-in-a-loop": (
        SPLIT
        + """
for model in [DecisionTreeClassifier(), LogisticRegression()]:
    model.fit(X_train, y_train)
    print(model.score(X_test, y_test))
""",
        SPLIT_AGAIN
        + """
for model in [DecisionTreeClassifier(), LogisticRegression()]:
    model.fit(X_train, y_train)
    print(model.score(X_val, y_val))
print(model.score(X_test, y_test))
""",
    ),
    "NB301-one-by-one": (
        SPLIT
        + """
tree = DecisionTreeClassifier(max_depth=3)
tree.fit(X_train, y_train)
print(tree.score(X_test, y_test))
tree = DecisionTreeClassifier(max_depth=9)
tree.fit(X_train, y_train)
print(tree.score(X_test, y_test))
""",
        SPLIT_AGAIN
        + """
tree = DecisionTreeClassifier(max_depth=3)
tree.fit(X_train, y_train)
print(tree.score(X_val, y_val))
tree = DecisionTreeClassifier(max_depth=9)
tree.fit(X_train, y_train)
print(tree.score(X_val, y_val))
print(tree.score(X_test, y_test))
""",
    ),
    "NB301-by-folds": (
        SPLIT
        + """
tree, line = DecisionTreeClassifier(), LogisticRegression()
tree.fit(X_train, y_train)
line.fit(X_train, y_train)
print(tree.score(X_test, y_test))
print(line.score(X_test, y_test))
""",
        SPLIT
        + """
tree, line = DecisionTreeClassifier(), LogisticRegression()
tree.fit(X_train, y_train)
line.fit(X_train, y_train)
for model in [tree, line]:
    print(model, cross_val_score(model, X_train, y_train, cv=5).mean())
print(line.score(X_test, y_test))
""",
    ),
    "NB302-in-a-loop": (
        SPLIT
        + """
scores = []
for depth in range(1, 9):
    tree = DecisionTreeClassifier(max_depth=depth)
    tree.fit(X_train, y_train)
    predicted = tree.predict(X_test)
    scores.append(accuracy_score(y_test, predicted))
""",
        SPLIT_AGAIN
        + """
scores = []
for depth in range(1, 9):
    tree = DecisionTreeClassifier(max_depth=depth)
    tree.fit(X_train, y_train)
    predicted = tree.predict(X_val)
    scores.append(accuracy_score(y_val, predicted))
predicted = tree.predict(X_test)
print(accuracy_score(y_test, predicted))
""",
    ),
    "NB105-a-rate": (
        """
df["carrier_rate"] = df.groupby("carrier")["late"].transform("mean")
X, y = df[["temp", "carrier_rate"]], df["late"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
model = DecisionTreeClassifier()
model.fit(X_train, y_train)
print(model.score(X_test, y_test))
""",
        """
from sklearn.compose import make_column_transformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import TargetEncoder
pipeline = Pipeline([('columns', make_column_transformer((TargetEncoder(), ['carrier']), \
remainder='passthrough')), ('model', DecisionTreeClassifier())])
X, y = (df[["temp", "carrier"]], df["late"])
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
pipeline.fit(X_train, y_train)
print(pipeline.score(X_test, y_test))
""",
    ),
    "NB105-in-a-pipeline": (
        """
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
rates = df.groupby("carrier")["late"].mean()
df["carrier_rate"] = df["carrier"].map(rates)
X = df[["temp", "carrier_rate"]]
X_train, X_test, y_train, y_test = train_test_split(X, df["late"], random_state=0)
model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X_train, y_train)
print(accuracy_score(y_test, model.predict(X_test)))
""",
        """
from sklearn.compose import make_column_transformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler, TargetEncoder
from sklearn.preprocessing import TargetEncoder
pipeline = Pipeline([('columns', make_column_transformer((TargetEncoder(), ['carrier']), \
remainder='passthrough')), ('standardscaler', StandardScaler()), \
('logisticregression', LogisticRegression())])
X = df[["temp", "carrier"]]
X_train, X_test, y_train, y_test = train_test_split(X, df["late"], random_state=0)
pipeline.fit(X_train, y_train)
print(accuracy_score(y_test, pipeline.predict(X_test)))
""",
    ),
    "NB201-a-balanced-frame": (
        """
late = df[df["late"] == 1]
more = resample(late, replace=True, n_samples=300, random_state=0)
balanced = pd.concat([df[df["late"] == 0], more])
columns = ["temp", "wind"]
X_train, X_test, y_train, y_test = train_test_split(balanced[columns], balanced["late"])
tree = DecisionTreeClassifier().fit(X_train, y_train)
print(tree.score(X_test, y_test))
""",
        """
columns = ["temp", "wind"]
train, test = train_test_split(df)
late = train[train["late"] == 1]
more = resample(late, replace=True, n_samples=300, random_state=0)
balanced = pd.concat([train[train["late"] == 0], more])
X_train, y_train = balanced[columns], balanced["late"]
X_test, y_test = test[columns], test["late"]
tree = DecisionTreeClassifier().fit(X_train, y_train)
print(tree.score(X_test, y_test))
""",
    ),
    "NB201-a-frame-joined-to-itself": (
        """
more = pd.concat([df, df[df["late"] == 1]])
X, y = more[["temp", "wind"]], more["late"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3)
tree = DecisionTreeClassifier().fit(X_train, y_train)
print(tree.score(X_test, y_test))
""",
        """
train, test = train_test_split(df, test_size=0.3)
more = pd.concat([train, train[train["late"] == 1]])
X_train, y_train = more[["temp", "wind"]], more["late"]
X_test, y_test = test[["temp", "wind"]], test["late"]
tree = DecisionTreeClassifier().fit(X_train, y_train)
print(tree.score(X_test, y_test))
""",
    ),
    "NB201-halves-made-in-one-line": (
        """
on_time, late = df[df["late"] == 0], df[df["late"] == 1]
more = pd.concat([on_time, late.sample(len(on_time), replace=True, random_state=0)])
X, y = more[["temp", "wind"]], more["late"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
tree = DecisionTreeClassifier().fit(X_train, y_train)
print(tree.score(X_test, y_test))
""",
        """
train, test = train_test_split(df, random_state=0)
on_time, late = train[train["late"] == 0], train[train["late"] == 1]
more = pd.concat([on_time, late.sample(len(on_time), replace=True, random_state=0)])
X_train, y_train = more[["temp", "wind"]], more["late"]
X_test, y_test = test[["temp", "wind"]], test["late"]
tree = DecisionTreeClassifier().fit(X_train, y_train)
print(tree.score(X_test, y_test))
""",
    ),
    "NB101-features-and-target-in-one-line": (
        """
X, y = df[["temp", "wind"]].fillna(df[["temp", "wind"]].median()), df["late"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
tree = DecisionTreeClassifier().fit(X_train, y_train)
print(tree.score(X_test, y_test))
""",
        """
train, test = train_test_split(df, random_state=0)
train_median = train[["temp", "wind"]].median()
X_train, y_train = train[["temp", "wind"]].fillna(train_median), train["late"]
X_test, y_test = test[["temp", "wind"]].fillna(train_median), test["late"]
tree = DecisionTreeClassifier().fit(X_train, y_train)
print(tree.score(X_test, y_test))
""",
    ),
    "NB401-a-pair": (
        """
X, y = df.drop(columns=["carrier"]), df["late"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
model = LogisticRegression(max_iter=1000).fit(X_train, y_train)
print(model.score(X_test, y_test))
""",
        """
X, y = (df.drop(columns=["carrier"]).drop(columns="late"), df["late"])
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
model = LogisticRegression(max_iter=1000).fit(X_train, y_train)
print(model.score(X_test, y_test))
""",
    ),
    "NB402-a-compared-column": (
        """
y = (df["arr_delay"] > 15).astype(int)
X = df[["temp", "arr_delay"]]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
model = LogisticRegression(max_iter=1000).fit(X_train, y_train)
print(model.score(X_test, y_test))
""",
        """
y = (df["arr_delay"] > 15).astype(int)
X = df[["temp"]]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
model = LogisticRegression(max_iter=1000).fit(X_train, y_train)
print(model.score(X_test, y_test))
""",
    ),
}


@pytest.fixture
def flights(tmp_path, monkeypatch):
    random = np.random.default_rng(0)
    rows = 400
    delay = random.normal(10, 10, rows)
    pd.DataFrame(
        {
            "carrier": random.choice(["AA", "UA", "DL"], rows),
            "temp": random.normal(15, 8, rows),
            "wind": random.normal(10, 3, rows),
            "arr_delay": delay,
            "late": (delay > 15).astype(int),
        }
    ).to_csv(tmp_path / "flights.csv", index=False)
    monkeypatch.chdir(tmp_path)


def lines(text: str) -> list[str]:
    """Return the lines of some source without comments and blanks, written in one way."""
    kept = [
        each
        for each in tokenize.generate_tokens(io.StringIO(text).readline)
        if each.type != tokenize.COMMENT
    ]
    bare = ast.unparse(ast.parse(tokenize.untokenize(kept)))
    return [re.sub(r"\s+", " ", line).strip() for line in bare.splitlines() if line.strip()]


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_fix_that_was_followed_runs_and_leaves_nothing_to_find(name, flights):
    before, after = (ABOVE + part for part in FOLLOWED[name])
    code = name[:5]
    (finding,) = (each for each in analyse(parse(before)) if each.severity != "note")
    assert finding.code == code
    assert set(lines(finding.fix)) <= set(lines(after)), finding.fix
    exec(compile(after, name, "exec"), {})
    assert [each.message for each in analyse(parse(after)) if each.severity != "note"] == []


def test_in_a_notebook_the_next_cell_is_marked_and_no_cell_imports_what_a_build_cell_knows():
    text = ABOVE + FOLLOWED["NB105-a-rate"][0]
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": text}
    (finding,) = analyse(parse(json.dumps({"cells": [cell], "nbformat": 4}), "a.ipynb"))
    build, used = finding.fix.split("\n\n# next cell:\n")
    head, _, steps = build.partition("\n")
    assert head == "%%nbpipe build pipeline"
    parse_build(steps)
    assert lines(used) == lines(FOLLOWED["NB105-a-rate"][1])[-4:]


def test_the_rows_of_groups_are_those_of_the_frame():
    (finding,) = analyse(parse(ABOVE + FOLLOWED["NB105-a-rate"][0]))
    assert "Split `df` first" in finding.prompt
    assert "25 % of them go to the test part and score `model`" in finding.message


def test_a_score_in_a_loop_does_not_point_to_itself():
    (finding,) = analyse(parse(ABOVE + FOLLOWED["NB301-in-a-loop"][0]))
    assert "in each round" in finding.message
    assert "(line" not in finding.message


@pytest.mark.parametrize("name", ["NB301-in-a-loop", "NB301-one-by-one"])
def test_where_only_the_last_score_is_missing_the_fix_is_that_score(name):
    *above, last = (ABOVE + FOLLOWED[name][1]).rstrip().splitlines()
    (finding, *_) = (each for each in analyse(parse("\n".join(above))) if each.code == name[:5])
    assert finding.fix.splitlines()[-1] == f"{last}  # at the end, once"


def test_a_pipeline_that_encodes_already_is_not_put_into_another():
    half = ABOVE + FOLLOWED["NB105-a-rate"][1].replace(
        "X, y = (df", 'df["rate"] = df.groupby("carrier")["late"].transform("mean")\nX, y = (df'
    ).replace('["temp", "carrier"]', '["temp", "carrier", "rate"]')
    (finding,) = (each for each in analyse(parse(half)) if each.code == "NB105")
    assert "Pipeline(" not in finding.fix
    assert finding.fix.startswith("X, y = (df[['temp', 'carrier']], df['late'])  # and leave out")


def test_a_pipeline_that_takes_columns_by_name_is_told_which_to_add():
    text = ABOVE + FOLLOWED["NB105-a-rate"][0].replace(
        "= DecisionTreeClassifier()",
        "= make_pipeline(make_column_transformer((StandardScaler(), ['temp'])), Ridge())",
    )
    (finding,) = (each for each in analyse(parse(text)) if each.code == "NB105")
    assert "# and add to its columns: TargetEncoder() for ['carrier']" in finding.fix
