"""Whatever is given to it, the checker answers."""

from __future__ import annotations

import random
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leaks.cases import cases

from nbpipe.leaks.analysis import analyse
from nbpipe.leaks.source import parse

CORPUS = [case for case in cases("dev") if not case.notebook]
LINES = [line for case in CORPUS for line in case.text.split("\n") if line.strip()]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=40))
def test_lines_in_any_order(lines: list[str]) -> None:
    analyse(parse("\n".join(line.strip() for line in lines)))


@pytest.mark.parametrize("seed", range(40))
def test_mutated_scripts(seed: int) -> None:
    chance = random.Random(seed)
    lines = chance.choice(CORPUS).text.split("\n")
    for _ in range(chance.randint(1, 8)):
        first, second = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                del lines[first]
            case 1:
                lines[first], lines[second] = lines[second], lines[first]
            case 2:
                lines[first] += " " + lines[second]
            case 3:
                lines[first] = lines[first][: chance.randrange(len(lines[first]) + 1)]
            case 4:
                lines.insert(first, chance.choice(LINES))
        lines = lines or [""]
    analyse(parse("\n".join(lines)))


@pytest.mark.slow
def test_a_thousand_files_of_others() -> None:
    """What is installed here: libraries, their tests and examples."""
    files = sorted(Path(sysconfig.get_path("purelib")).rglob("*.py"))
    for path in random.Random(0).sample(files, 1000):
        analyse(parse(path.read_text(encoding="utf-8", errors="replace"), str(path)))
