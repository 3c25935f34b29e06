"""Checking again after an edit says what checking anew says."""

from __future__ import annotations

import json
import random

import pytest
from leaks.cases import Case, cases

from nbpipe.leaks.analysis import Analysis, analyse
from nbpipe.leaks.source import parse

NOTEBOOKS = [case for case in cases("dev") if case.notebook]


def test_a_checker_used_for_many_notebooks_remembers_nothing() -> None:
    checker = Analysis()
    for case in NOTEBOOKS:
        assert checker.check(parse(case.text, "a.ipynb")) == analyse(parse(case.text, "a.ipynb"))


@pytest.mark.parametrize("case", NOTEBOOKS[::6], ids=lambda case: case.name)
def test_edits_are_followed(case: Case) -> None:
    chance = random.Random(case.name)
    notebook = json.loads(case.text)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    checker = Analysis()
    for _ in range(6):
        cell = chance.choice(code)
        lines = cell["source"].split("\n")
        lines.insert(chance.randrange(len(lines) + 1), chance.choice(code)["source"].split("\n")[0])
        cell["source"] = "\n".join(lines)
        text = json.dumps(notebook)
        assert checker.check(parse(text, "a.ipynb")) == analyse(parse(text, "a.ipynb"))


def test_cells_are_followed_in_the_order_in_which_they_were_run() -> None:
    cells = {
        3: "model.fit(X_train, y_train); print(model.score(X_test, y_test))",
        2: "X = StandardScaler().fit_transform(X)\n"
        "X_train, X_test, y_train, y_test = train_test_split(X, y)\nmodel = LogisticRegression()",
        1: "df = pd.read_csv('a.csv'); X, y = df.drop(columns='t'), df['t']",
    }
    notebook = {
        "cells": [
            {"cell_type": "code", "source": text, "execution_count": count}
            for count, text in cells.items()
        ]
    }
    findings = analyse(parse(json.dumps(notebook), "a.ipynb"))
    assert [finding.code for finding in findings if finding.severity == "error"] == ["NB101"]
