"""Reading cells: what is recovered from text that Python cannot parse, and where it stands."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbpipe.errors import UnreadableError
from nbpipe.leaks.magics import normal
from nbpipe.leaks.source import parse, parse_cell, read

HERE = Path(__file__)


def statements(text):
    """Return what is understood of a cell, one unparsed statement each."""
    return [ast.unparse(each) for each in parse_cell(text, 1).tree.body]


def assert_names_stand_where_they_are_written(text):
    lines = normal(text).split("\n")
    for node in ast.walk(parse_cell(text, 1).tree):
        if isinstance(node, ast.Name) and node.id not in {"_", "nbpipe"}:
            line = lines[node.lineno - 1].encode()
            assert line[node.col_offset : node.end_col_offset].decode() == node.id


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("%matplotlib inline\nx = 1", ["_", "x = 1"]),
        ("!pip install 'a (b\nx = 1", ["_", "x = 1"]),
        ("!pip install a \\\n  b\nx = 1", ["_", "x = 1"]),
        ("if a:\n    !ls\n    x = 1", ["if a:\n    _\n    x = 1"]),
        ("df.head?\n??df\ndf.head()??\nx = 1", ["_", "_", "_", "x = 1"]),
        ("files = !ls *.csv\nrows = %sql select (\nx = 1", ["files = _", "rows = _", "x = 1"]),
        ("a, b = !ls", ["a, b = _"]),
        ("%time model.fit(X, y)", ["_", "model.fit(X, y)"]),
        ("r = %timeit -o -n 10 f(x)", ["r = f(x)"]),
        ("%timeit -n 10 -r3 f(x)", ["_", "f(x)"]),
        ("%time\nx = 1", ["_", "x = 1"]),
        ("%%time model.fit(X, y)\n", ["_", "model.fit(X, y)"]),
        ("print('%s'\n      % x)\n%pylab", ["print('%s' % x)", "_"]),
        ("x = '''\n!not a command\n%nor a magic\n'''\n!ls", None),
        ("plt.show();\n%pylab", ["plt.show()", "_"]),
    ],
)
def test_magics_and_shell_lines_leave_the_rest_as_it_is(text, understood):
    assert statements(text) == understood or understood is None
    assert_names_stand_where_they_are_written(text)


@pytest.mark.parametrize("magic", ["time", "timeit -n 3", "capture out", "wandb", "nbpipe check"])
def test_a_cell_magic_that_runs_its_body_keeps_it(magic):
    assert statements(f"# first\n%%{magic}\nx = 1\n!ls\ny = 2") == ["x = 1", "_", "y = 2"]
    assert parse_cell(f"# first\n%%{magic}\nx = 1", 1).tree.body[0].lineno == 3


@pytest.mark.parametrize(
    "magic", ["bash", "html", "sql", "writefile x.py", "script false", "R", "!"]
)
def test_a_cell_magic_of_another_language_has_no_statements(magic):
    assert statements(f"%%{magic}\nx = 1") == []


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("print 'a', x", "print('a', x)"),
        ("print 'a' % x,", "print('a' % x)"),
        ("for i in x: print i", "for i in x:\n    print(i)"),
        ("print >>f, 'a'\nexec 'y'", "(print >> f, 'a')\nexec('y')"),
        ("z = `x` + 0777 + 10L + 0xFFL", "z = x + 511 + 10 + 255"),
        ("w = ur'x' + UR\"y\"", "w = 'x' + 'y'"),
        ("if a <> b: pass", "if a != b:\n    pass"),
        ("raise E, 'm'", "raise E"),
        ("try:\n    x\nexcept E, e:\n    y", "try:\n    x\nexcept E as e:\n    y"),
        ("try:\n    x\nexcept (A, B), e:\n    y", "try:\n    x\nexcept (A, B) as e:\n    y"),
        ("m(lambda (a, b): a + b, x)", "m(lambda a, b: a + b, x)"),
        ("if a:\n\tx = 1\n        y = 2", "if a:\n    x = 1\n    y = 2"),
        ("def f(x):\n    print x\n    return x", "def f(x):\n    print(x)\n    return x"),
    ],
)
def test_python_2_is_understood(text, understood):
    assert "\n".join(statements(text)) == understood


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("model.fit(X,\ns = S()\nX = s.fit(X)", ["_", "s = S()", "X = s.fit(X)"]),
        ("a = 1\nfoo(b))\nc = 2", ["a = 1", "_", "c = 2"]),
        ("d = {\n  'a': 1,\n  'b' 2,\n}\ne = 1", ["_", "e = 1"]),
        ("df.\ny = 1", ["_", "y = 1"]),
        ("x = '''abc\ny = 1", ["_", "y = 1"]),
        ("x = 'abc\ny = 1", ["_", "y = 1"]),
        ("for i in :\n    y = i", ["if _:\n    y = i"]),
        ("def f(a:\n    x = 1\n    return x", ["def _():\n    x = 1\n    return x"]),
        ("if a:\n    b = c(\nelse:\n    d = 2", ["if a:\n    _\nelse:\n    d = 2"]),
        ("else:\n    d = 2", ["if _:\n    d = 2"]),
        ("try:\n    g = 1\nh = 1", ["if _:\n    g = 1", "h = 1"]),
        ("x = 1\n    y = 2\nz = 3", ["x = 1", "y = 2", "z = 3"]),
        ("    x = 1\n    y = 2", ["x = 1", "y = 2"]),
        ("if a:\n        b\n    c\nd", ["if a:\n    b\n    c", "d"]),
        ("if x:\n", ["if x:\n    _"]),
        ("@cached\nk = 1", ["_", "k = 1"]),
        (
            "class A(:\n    def f(self):\n        x = 1",
            ["class _:\n\n    def f(self):\n        x = 1"],
        ),
        ("some words of prose\nx = 1", ["_", "x = 1"]),
        ("x = 1\n<<<<<<< HEAD\ny = 2", ["x = 1", "_", "y = 2"]),
    ],
)
def test_only_the_smallest_broken_statement_is_lost(text, understood):
    assert statements(text) == understood
    assert_names_stand_where_they_are_written(text)


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("%nbpipe cv late X y --n-splits 3", "nbpipe.cv(late, X, y)"),
        ("%nbpipe cv --scoring f1,r2 late X y", "nbpipe.cv(late, X, y)"),
        ("v = %nbpipe cv late \"X[['a', 'b']]\" y  # now", "v = nbpipe.cv(late, X[['a', 'b']], y)"),
        ("%nbpipe export late X y --to models", "nbpipe.export(late, X, y)"),
        ("%nbpipe export late X", "nbpipe.export(late, X)"),
        ("%nbpipe models", "_"),
    ],
)
def test_the_projects_own_magics_are_calls(text, understood):
    assert statements(text) == [understood]
    assert_names_stand_where_they_are_written(text)


def test_a_build_cell_is_an_assignment_that_stands_where_its_steps_do():
    text = "%%nbpipe build late --code\nnum = ['a'] >> Scaler()\n\nmodel = Forest()\n"
    (built,) = parse_cell(text, 3).tree.body
    assert ast.unparse(built) == "late = nbpipe.build(['a'] >> Scaler(), Forest())"
    place = parse_cell(text, 3).place(built)
    assert (place.cell, place.line, place.column, place.end_line, place.end_column) == (
        3, 2, 1, 4, 17,
    )  # fmt: skip


def test_places_count_characters():
    cell = parse_cell("größe = 1; é = ü(x)", 1)
    place = cell.place(cell.tree.body[1])
    assert (place.column, place.end_column) == (12, 20)


def test_an_unchanged_cell_is_not_parsed_again():
    assert parse_cell("x = 1 + 1", 4) is parse_cell("x = 1 " + "+ 1", 4)


def test_ignores_are_read_from_comments_alone():
    text = "# nbpipe: ignore-file[NB3]\nx  # nbpipe: ignore[NB101, NB2] fine\ny  #nbpipe:ignore\n"
    text += "s = '# nbpipe: ignore'\n"
    assert parse_cell(text, 0).ignores == {0: ("NB3",), 2: ("NB101", "NB2"), 3: ()}
    assert 0 not in parse_cell(text, 2).ignores  # it is not at the top of the notebook


NOTEBOOKS = {
    "format 4": {
        "nbformat": 4,
        "cells": [
            {"cell_type": "markdown", "source": "# x"},
            {"cell_type": "code", "source": ["x = 1\n", "y = 2"], "execution_count": 7},
            {"cell_type": "raw", "source": "raw"},
            {"cell_type": "code", "source": "z = 3"},
        ],
    },
    "format 3": {
        "nbformat": 3,
        "worksheets": [
            {"cells": [{"cell_type": "code", "input": ["x = 1\n", "y = 2"], "prompt_number": 7}]},
            {"cells": [{"cell_type": "code", "input": "z = 3", "language": "python"}]},
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize("notebook", NOTEBOOKS.values(), ids=NOTEBOOKS)
def test_both_notebook_formats_are_read(notebook, tmp_path):
    file = tmp_path / "a.ipynb"
    file.write_text("\ufeff" + json.dumps(notebook), "utf-8")
    document = read(file)
    assert document.path == str(file)
    assert [(cell.number, cell.text, cell.execution_count) for cell in document.cells] == [
        (1, "x = 1\ny = 2", 7),
        (2, "z = 3", None),
    ]
    assert document.cell(2) is document.cells[1]
    assert parse(json.dumps(notebook)).cells == document.cells  # as on stdin, without a name


def test_a_script_is_one_cell_of_number_0(tmp_path):
    file = tmp_path / "a.py"
    file.write_bytes("# %%\r\nx = 'ä'\r\n".encode("utf-8-sig"))
    (cell,) = read(file).cells
    assert (cell.number, cell.text) == (0, "# %%\r\nx = 'ä'\r\n")
    document = read(file)
    assert document.cell(0) is document.cells[0]
    assert parse("{1: 2}").cells[0].number == 0


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_old_encodings_are_read(encoding, tmp_path):
    file = tmp_path / "a.py"
    file.write_bytes("x = 1  # ä".encode(encoding))
    assert read(file).cells[0].text == "x = 1  # ä"


@pytest.mark.parametrize(
    ("content", "n_cells"),
    [
        ("", 0),
        ('{"cells": []}', 0),
        ('{"cells": [1, null, {"cell_type": "code", "source": [1, "x"]}], "metadata": 3}', 1),
        ('{"cells": [{"cell_type": "code"}]}', 1),
        ('{"cells": [{"cell_type": "code"}], "metadata": {"language": "PySpark"}}', 1),
        ('{"worksheets": [{"cells": []}], "metadata": {"language": "Julia"}}', 0),
        ('{"cells": [{"cell_type": "code"}], "metadata": {"language_info": {"name": "R"}}}', 0),
        (
            '{"cells": [{"cell_type": "code"}], "metadata": {"kernelspec": {"language": "julia"}}}',
            0,
        ),
    ],
)
def test_odd_notebooks_are_read_for_what_they_hold(content, n_cells):
    assert len(parse(content, "a.ipynb").cells) == n_cells


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.ipynb", b"x = 1", "is not a notebook"),
        ("a.ipynb", b'{"cells": 3}', "is not a notebook"),
        ("a.ipynb", b"[1]", "is not a notebook"),
        ("a.ipynb", b"[" * 100_000, "is not a notebook"),
        ("a.py", b"\x89PNG\r\n\x1a\n\0\0", "is not text"),
        ("absent.py", None, "No such file"),
    ],
)
def test_what_is_no_notebook_or_text_is_unreadable(name, content, told, tmp_path):
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UnreadableError, match=told) as raised:
        read(file)
    assert raised.value.exit_code == 2
    assert str(file) in str(raised.value)


HOSTILE = {
    "nested": "(" * 5_000,
    "nested and closed": "(" * 5_000 + ")" * 5_000,
    "unclosed": "f(\n" * 2_000,
    "operators": "1+" * 50_000 + "1",
    "digits": "1" * 100_000,
    "quotes": "'''\n" * 20_000,
    "backslashes": "\\" * 1_000_000,
    "joined": "!a\\\n" * 50_000,
    "blocks": "".join(" " * depth + "if x:\n" for depth in range(1_000)),
    "elses": "else:\n" * 5_000,
    "decorators": "@a\n" * 5_000,
    "spaces": " " * 1_000_000 + "x y",
    "questions": "a? " * 100_000 + "x",
    "assigned": "x = " * 100_000 + "%",
    "words": "%nbpipe cv " + "'(" * 50_000,
    "lambdas": "lambda (" * 20_000,
    "null": "x = 1\0\ny = 2",
    "surrogates": "x = '\ud800'\ny\udfff = 2 2",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_is_too_much(text):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parse_cell(text, 1)


def test_a_large_broken_cell_keeps_its_sound_lines():
    text = "x = 1\n" * 10_000 + "y = (\nz = 3"
    assert len(parse_cell(text, 1).tree.body) == 10_002


def test_syntax_warnings_are_not_shown():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert statements("x = '\\d'; y = 1 is 1\n!ls")[-1] == "_"


FRAGMENTS = st.sampled_from(
    """x = 1|for i in x:|    y = f(x)|\tz|if a:|else:|try:|except E, e:|%time x|!ls (|x = !ls|y?
%%time|%%bash|print 'a'|(|]|'''|\\|@a|def f(a, b=|    return|`x`|# nbpipe: ignore[|\f|é = ü
%nbpipe cv a 'b|lambda (a|match x:|    case 1:|async def g():|with a as b, \\|f'{x!r:>{y}}'
\0|\ud800|\r|x = %time y|?|#|%%|class A(B):|    def f(self):|raise E, e|)""".replace(
        "\n", "|"
    ).split("|")
)


@given(st.one_of(st.text(), st.lists(FRAGMENTS, max_size=12).map("\n".join)))
def test_parsing_never_raises_and_stays_within_the_text(text):
    cell = parse_cell(text, 1)
    rows = normal(text).split("\n")
    for node in ast.walk(cell.tree):
        if isinstance(node, ast.stmt | ast.expr):
            assert 1 <= node.lineno <= node.end_lineno <= len(rows)
            assert node.col_offset >= 0
            cell.place(node)


@given(st.data())
def test_one_edit_of_a_script_loses_little(data):
    """Somebody is typing: a character comes or goes, and nearly all statements stay."""
    text = HERE.with_name("test_config.py").read_text()
    at = data.draw(st.integers(0, len(text) - 1))
    edited = text[:at] + data.draw(st.sampled_from(["", "(", ")", ":", "\n", "="])) + text[at + 1 :]
    before = [ast.dump(each) for each in parse_cell(text, 1).tree.body]
    after = {ast.dump(each) for each in parse_cell(edited, 1).tree.body}
    assert sum(each not in after for each in before) <= 3


def test_the_checker_imports_the_standard_library_alone():
    code = "import sys, nbpipe.leaks.check, nbpipe.leaks.explain; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    foreign = {"numpy", "pandas", "sklearn", "joblib", "nbformat", "IPython", "tqdm", "jsonschema"}
    assert not foreign & loaded
    assert not {"tomllib", "difflib", "hashlib", "html"} & loaded  # only some runs need them
