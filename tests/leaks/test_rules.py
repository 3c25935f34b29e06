"""Every rule finds what its bad examples show, leaves its good ones alone, and says what to do."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from leaks.cases import cases

from nbpipe.leaks.analysis import analyse
from nbpipe.leaks.explain import to_markdown
from nbpipe.leaks.rules.registry import RULES
from nbpipe.leaks.source import parse
from nbpipe.pipeline.parse import parse as parse_build

ROOT = Path(__file__).parents[2]
BAD = [(rule, text) for rule in RULES for text in rule.bad]
GOOD = [(rule, text) for rule in RULES for text in rule.good]
SECTIONS = ["What it does", "Why it is bad", "What to do", "What to tell your assistant"]
FIXES = {
    "NB101-0": """
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3)
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)
""",
    "NB101-1": """
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns='late'), df['late'])
wind_mean = X_train['wind'].mean()
X_train['wind'] = X_train['wind'].fillna(wind_mean)
X_test['wind'] = X_test['wind'].fillna(wind_mean)
""",
    "NB102-0": """
from sklearn.pipeline import Pipeline
pipeline = Pipeline([('selector', SelectKBest(k=20)), ('model', SVC(C=1))])

scores = cross_val_score(pipeline, X, y, cv=5)
""",
    "NB103-0": """
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)
""",
    "NB104-0": """
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
X_train = kbest.fit_transform(X_train, y_train)
X_test = kbest.transform(X_test)
""",
    "NB106-0": """
train, test = train_test_split(df, random_state=0)
_, edges = pd.qcut(train['fare'], 4, retbins=True)
train['fare_band'] = pd.cut(train['fare'], edges, labels=False, include_lowest=True)
test['fare_band'] = pd.cut(test['fare'], edges, labels=False, include_lowest=True)
X_train, y_train = (train[['fare_band', 'age']], train['survived'])
X_test, y_test = (test[['fare_band', 'age']], test['survived'])
""",
    "NB201-0": """
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2)
X_train, y_train = smote.fit_resample(X_train, y_train)
""",
    "NB201-1": """
train, test = train_test_split(df, random_state=0)
bad = train[train['default'] == 1]
more = resample(bad, replace=True, n_samples=5000, random_state=0)
train = pd.concat([train[train['default'] == 0], more])
X_train, y_train = train.drop(columns='default'), train['default']
X_test, y_test = test.drop(columns='default'), test['default']
""",
    "NB202-0": """
forest.fit(X_train, y_train)
""",
    "NB202-1": """
X_test = X[1200:]
y_test = y[1200:]
""",
    "NB203-0": """
from sklearn.model_selection import train_test_split
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
tree.fit(X_train, y_train)
tree.score(X_test, y_test)
""",
    "NB204-0": """
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, shuffle=False)
""",
    "NB205-0": """
from sklearn.model_selection import GroupKFold
cross_val_score(model, X, y, groups=df['patient_id'], cv=GroupKFold(n_splits=5))
""",
    "NB301-0": """
from sklearn.model_selection import cross_val_score
for model in [forest, svm]:
    print(model, cross_val_score(model, X_train, y_train, cv=5).mean())
print(svm.score(X_test, y_test))  # in place of all other scores, once; `svm` being the one that \
you choose
""",
    "NB302-0": """
X_train, X_val, y_train, y_val = train_test_split(X_train, y_train, random_state=0)  # before the \
loop
scores.append(accuracy_score(y_val, knn.predict(X_val)))  # in the loop
print(accuracy_score(y_test, knn.predict(X_test)))  # after the loop, once; `knn` being the one \
that you choose
""",
    "NB303-0": """
X_train, X_val, y_train, y_val = train_test_split(X_train, y_train, random_state=0)
booster.fit(X_train, y_train, eval_set=[(X_val, y_val)], early_stopping_rounds=50)
""",
    "NB401-0": """
X = df.drop(columns=['flight_id']).drop(columns='late')
""",
    "NB401-1": """
X_train, X_test, y_train, y_test = train_test_split(df[['distance', 'temp']], df['late'])
""",
    "NB501-0": """
import nbpipe
nbpipe.export(model, to='models/model', X=X, y=y)
""",
    "NB502-0": """
pipeline.fit(X, y)
joblib.dump(pipeline, 'model.joblib')
""",
    "NB503-0": """
print(accuracy_score(y_test, model.predict(scaler.transform(X_test))))
""",
    "NB503-1": """
print(knn.predict(scaler.transform([[5.1, 3.5, 1.4, 0.2]])))
""",
    "NB504-0": """
print(forest.predict(new[['distance', 'temp', 'wind']].to_numpy()))
""",
}
INNER_WORDS = re.compile(r"\b(oid|taint|Fact|NONE|None|frozenset|ast\.|abstract|TODO|xxx|\.\.\.\))")


def _names(pairs):
    return [f"{rule.code}-{number}" for number, (rule, _) in enumerate(pairs)]


@pytest.mark.parametrize(("rule", "text"), BAD, ids=_names(BAD))
def test_a_bad_example_is_found_at_its_marked_line_and_nothing_worse_is(rule, text):
    marked = [n for n, line in enumerate(text.split("\n"), 1) if line.endswith("# found")]
    found = analyse(parse(text))
    assert [each.place.line for each in found if each.code == rule.code] == marked
    assert {each.code for each in found if each.severity != "note"} <= {rule.code}


@pytest.mark.parametrize("name", FIXES)
def test_the_fix_of_an_example_is_what_somebody_would_write(name):
    code, _, number = name.partition("-")
    (rule,) = (each for each in RULES if each.code == code)
    (finding,) = (each for each in analyse(parse(rule.bad[int(number)])) if each.code == code)
    assert finding.fix == FIXES[name].strip()


def test_in_a_notebook_the_pipeline_is_a_build_cell():
    (rule,) = (each for each in RULES if each.code == "NB102")
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": rule.bad[0]}
    (finding,) = analyse(parse(json.dumps({"cells": [cell], "nbformat": 4}), "a.ipynb"))
    made, used = finding.fix.split("\n\n# next cell:\n")
    assert made.split("\n") == [
        "%%nbpipe build pipeline",
        "selector = SelectKBest(k=20)",
        "model = SVC(C=1)",
    ]
    assert used == "scores = cross_val_score(pipeline, X, y, cv=5)"


@pytest.mark.parametrize(("rule", "text"), GOOD, ids=_names(GOOD))
def test_a_good_example_is_left_alone(rule, text):
    assert [each for each in analyse(parse(text)) if each.severity != "note"] == []
    assert rule.code not in {each.code for each in analyse(parse(text))}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_explains_itself(rule):
    text = to_markdown(rule)
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == [*SECTIONS, "Found", "Not found"]
    assert rule.bad
    assert rule.good
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.name)


def test_codes_and_names_are_unique_and_in_order():
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(re.fullmatch(r"NB[1-5]\d\d", code) for code in codes)


def test_each_rule_stands_in_a_file_of_its_own():
    for rule in RULES:
        module = rule.__module__.rpartition(".")[2]
        assert module == f"{rule.code.lower()}_{rule.name.replace('-', '_')}"


def test_the_pages_of_the_rules_are_current():
    run = [sys.executable, str(ROOT / "docs" / "make_rules.py"), "--check"]
    assert subprocess.run(run, capture_output=True, text=True, check=False).stdout == ""


@pytest.fixture(scope="module")
def found():
    """All findings over the corpus that rules are developed on, with the names in each file."""
    results = []
    for case in cases("dev"):
        document = parse(case.text, f"{case.name}.ipynb" if case.notebook else f"{case.name}.py")
        known = {
            node.id
            for cell in document.cells
            for node in ast.walk(cell.tree)
            if isinstance(node, ast.Name)
        }
        results += [(case.name, known, finding) for finding in analyse(document)]
    assert len(results) > 100
    return results


def test_a_message_is_one_sentence_that_names_a_variable_of_the_user(found):
    for name, known, finding in found:
        told = re.findall(r"`([^`]*)`", finding.message)
        words = {word for each in told for word in re.findall(r"\w+", each)}
        assert words & known, (name, finding.message)
        assert "\n" not in finding.message
        assert finding.message.endswith("."), (name, finding.message)
        assert finding.message.count("`") % 2 == 0
        assert not INNER_WORDS.search(re.sub(r"`[^`]*`", "", finding.message)), finding.message


def test_a_fix_is_python_or_a_build_cell_and_names_a_variable_of_the_user(found):
    for name, known, finding in found:
        assert set(re.findall(r"\w+", finding.fix)) & known, (name, finding.fix)
        for part in finding.fix.split("\n\n"):
            if part.startswith("%%nbpipe build "):
                parse_build(part.partition("\n")[2])
            else:
                ast.parse(part)


def test_most_fixes_are_lines_to_write(found):
    written = [finding for _, _, finding in found if not finding.fix.startswith("#")]
    assert len(written) > 0.85 * len(found)


def test_a_prompt_quotes_the_place_the_code_and_the_fix(found):
    for name, known, finding in found:
        assert finding.prompt.lower().startswith(str(finding.place).lower()), name
        assert set(re.findall(r"\w+", finding.prompt)) & known
        if not finding.fix.startswith("#"):
            assert finding.prompt.endswith(finding.fix)


def test_a_grave_finding_points_to_the_other_place(found):
    for name, _, finding in found:
        for each in finding.related:
            assert each.message
            assert each.place != finding.place
        if finding.severity == "error" and finding.code < "NB302":
            assert finding.related, (name, finding)
