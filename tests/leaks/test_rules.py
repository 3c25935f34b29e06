"""Every rule finds what its bad examples show, leaves its good ones alone, and says what to do."""

from __future__ import annotations

import ast
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
INNER_WORDS = re.compile(r"\b(oid|taint|Fact|NONE|None|frozenset|ast\.|abstract|TODO|xxx|\.\.\.\))")


def _names(pairs):
    return [f"{rule.code}-{number}" for number, (rule, _) in enumerate(pairs)]


@pytest.mark.parametrize(("rule", "text"), BAD, ids=_names(BAD))
def test_a_bad_example_is_found_at_its_marked_line_and_nothing_worse_is(rule, text):
    marked = [n for n, line in enumerate(text.split("\n"), 1) if line.endswith("# found")]
    found = analyse(parse(text))
    assert [each.place.line for each in found if each.code == rule.code] == marked
    assert {each.code for each in found if each.severity != "note"} <= {rule.code}


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
