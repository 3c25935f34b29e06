"""Fixes that an editor applies: the finding is gone, the code parses, and nothing else is wrong."""

import ast
import json
from collections import Counter

import pytest
from leaks.cases import cases

from nbpipe.leaks.analysis import analyse
from nbpipe.leaks.rules.registry import RULES
from nbpipe.leaks.source import parse

GRAVE = ("error", "review")


def as_notebook(*cells):
    written = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": c} for c in cells]
    return parse(json.dumps({"cells": written, "nbformat": 4}), "a.ipynb")


def applied(document, edits):
    """Return the document with its lines replaced, as an editor does it: from the bottom."""
    texts = {cell.number: cell.text.split("\n") for cell in document.cells}
    for edit in sorted(edits, key=lambda each: (each.cell, each.line), reverse=True):
        lines = texts[edit.cell]
        lines[edit.line - 1 : edit.end_line] = edit.text.split("\n") if edit.text else []
    joined = {number: "\n".join(lines) for number, lines in texts.items()}
    return as_notebook(*joined.values()) if 0 not in joined else parse(joined[0] + "\n")


def documents():
    found = [(f"{r.code}-{n}", parse(text)) for r in RULES for n, text in enumerate(r.bad)]
    found += [
        (each.name, parse(each.text, f"a.{'ipynb' if each.notebook else 'py'}"))
        for part in ("dev", "held")
        for each in cases(part)
    ]
    return [
        pytest.param(document, finding, id=f"{name}-{finding.code}-{finding.place.line}")
        for name, document in found
        for finding in analyse(document)
        if finding.edits
    ]


@pytest.mark.parametrize(("document", "finding"), documents())
def test_an_edit_does_away_with_its_finding_and_brings_no_other(document, finding):
    fixed = applied(document, finding.edits)
    before = Counter(each.code for each in analyse(document) if each.severity in GRAVE)
    after = Counter(each.code for each in analyse(fixed) if each.severity in GRAVE)
    assert after[finding.code] < max(before[finding.code], 1)
    assert after <= before
    for old, new in zip(document.cells, fixed.cells, strict=True):
        assert len(new.left_out) <= len(old.left_out)
        if not old.text.lstrip().startswith(("%", "!")) and old.text != new.text:
            ast.parse(new.text)


IMPORTS = """import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
"""
READ = 'df = pd.read_csv("flights.csv")\nX, y = df.drop(columns="late"), df["late"]'
FIT = "model = LogisticRegression().fit(X_train, y_train)"
SCORE = "model.score(X_test, y_test)"
SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)"


def edits(*cells):
    return [each.edits for each in analyse(as_notebook(IMPORTS, *cells))]


def test_a_fit_moves_below_the_split_across_cells():
    (found,) = edits(READ, "X = StandardScaler().fit_transform(X)", SPLIT, FIT, SCORE)
    assert [(each.cell, each.line, each.end_line) for each in found] == [(3, 1, 1), (4, 1, 1)]
    assert found[0].text == ""
    assert found[1].text.split("\n") == [
        SPLIT,
        "scaler = StandardScaler()",
        "X_train = scaler.fit_transform(X_train)",
        "X_test = scaler.transform(X_test)",
    ]


def test_a_second_fit_becomes_an_application_and_its_comment_stays():
    train = "scaler = StandardScaler()\nX_train = scaler.fit_transform(X_train)"
    ((edit,),) = edits(
        READ, SPLIT, train, "X_test = scaler.fit_transform(X_test)  # 😀", FIT, SCORE
    )
    assert (edit.cell, edit.line, edit.text) == (5, 1, "X_test = scaler.transform(X_test)  # 😀")


@pytest.mark.parametrize(
    "cells",
    [
        # something else needs what the line makes
        (READ, "Z = StandardScaler().fit_transform(X)", SPLIT.replace("X,", "Z,"), FIT, SCORE, "Z"),
        (READ, "X = StandardScaler().fit_transform(X)", "X.mean()", SPLIT, FIT, SCORE),
        # the line holds more than the statement, or runs by a magic
        (READ, "X = StandardScaler().fit_transform(X); print(1)", SPLIT, FIT, SCORE),
        (READ, "%time X = StandardScaler().fit_transform(X)", SPLIT, FIT, SCORE),
        (READ, "if True:\n    X = StandardScaler().fit_transform(X)", SPLIT, FIT, SCORE),
        # nothing was fitted on the training rows that could be applied
        (READ, SPLIT, "X_test = StandardScaler().fit_transform(X_test)", FIT, SCORE),
    ],
)
def test_nothing_is_offered_where_it_could_break_what_runs(cells):
    assert edits(*cells) == [()]
