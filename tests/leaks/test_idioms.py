"""Idioms of a few lines: what is found in each, and in what nothing is.

They lie in ``corpus/idioms``, one file a family, with ``# %%`` between them.
"""

from __future__ import annotations

import pytest
from leaks.cases import CORPUS, FAMILIES

from nbpipe.leaks.analysis import analyse
from nbpipe.leaks.source import parse

BEFORE = """
df = pd.read_csv("f.csv")
X = df.drop(columns="y")
y = df["y"]
"""
JUDGED = """
def judged(features):
    X_train, X_test, y_train, y_test = train_test_split(features, df["y"])
    return LinearRegression().fit(X_train, y_train).score(X_test, y_test)
"""


def idioms(name: str) -> list[str]:
    text = (CORPUS / "idioms" / f"{name}.py").read_text(encoding="utf-8")
    return [part.strip() for part in text.split("# %%") if part.strip()]


def families(code: str) -> set[str]:
    before = BEFORE + JUDGED if "judged(" in code else BEFORE
    findings = analyse(parse(before + code, "x.py"))
    return {each.code[:3] for each in findings if each.severity != "note"} & set(FAMILIES)


@pytest.mark.parametrize("code", idioms("early"))
def test_fitted_too_early(code: str) -> None:
    assert families(code) == {"NB1"}


@pytest.mark.parametrize("code", idioms("both_sides"))
def test_rows_on_both_sides(code: str) -> None:
    assert families(code) == {"NB2"}


@pytest.mark.parametrize("code", idioms("often"))
def test_judged_on_the_test_set_too_often(code: str) -> None:
    assert families(code) == {"NB3"}


@pytest.mark.parametrize("code", idioms("clean"))
def test_nothing_to_find(code: str) -> None:
    assert families(code) == set()
