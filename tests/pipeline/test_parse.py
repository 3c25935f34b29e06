"""The cell language: what it takes, and where it says that something is wrong."""

import pickle
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nbpipe.errors import SpecError, UsageError
from nbpipe.pipeline.parse import parse
from nbpipe.pipeline.spec import Route, Step

CELL = """
# what a pipeline is made of
num = ["distance", 'temp'] >> SimpleImputer(strategy="median") >> StandardScaler()
"carrier" >> OneHotEncoder()  # the airline

rest >> "drop"
model = RandomForestClassifier(
    n_estimators=100,
)
"""


def refusal(text):
    """Parse, and give the error that refuses the text, if one does."""
    try:
        parse(text)
    except SpecError as error:
        return error
    return None


def test_a_cell_becomes_its_parts_in_order():
    num, carrier, rest, model = parse(CELL).parts
    assert isinstance(num, Route)
    assert (num.name, num.columns.text) == ("num", '["distance", "temp"]')
    assert [e.text for e in num.chain] == ['SimpleImputer(strategy="median")', "StandardScaler()"]
    assert isinstance(carrier, Route)
    assert (carrier.name, carrier.columns.text) == (None, '"carrier"')
    assert isinstance(rest, Route)
    assert [e.text for e in rest.chain] == ["drop"]
    assert isinstance(model, Step)
    assert model.estimator.text == "RandomForestClassifier(n_estimators=100)"


def test_specs_are_equal_however_they_are_laid_out():
    tidy = "a = PCA(n_components=2, whiten=True)\n['x'] >> passthrough"
    loose = "\n\na=PCA(\n  n_components = 2,\n  whiten=True)  # two\n(['x',]\n  >> 'passthrough')\n"
    assert parse(tidy) == parse(loose)
    assert hash(parse(tidy)) == hash(parse(loose))


def test_a_cell_indented_as_a_whole_is_read_and_pointed_at_where_it_stands():
    text = "\n    a = PCA()\n    b = lambda x: x\n"
    assert parse("    a = PCA()\n") == parse("a = PCA()")
    with pytest.raises(SpecError) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == (3, 9)
    assert caught.value.source_line == "    b = lambda x: x"


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("", 1, 1, "names no step"),
        ("# only a comment", 1, 1, "names no step"),
        ("a = PCA()\nimport os", 2, 1, "No imports"),
        ("from os import path", 1, 1, "No imports"),
        ("for i in x:\n    PCA()", 1, 1, "No loops"),
        ("while x:\n    PCA()", 1, 1, "No loops"),
        ("if x:\n    PCA()", 1, 1, "No conditions"),
        ("def f():\n    pass", 1, 1, "No definitions"),
        ("class A:\n    pass", 1, 1, "No definitions"),
        ("del a", 1, 1, "no step"),
        ("a = PCA(); assert a", 1, 12, "no step"),
        ("a >>= PCA()", 1, 1, "named with `=`"),
        ("a: PCA = PCA()", 1, 1, "no type"),
        ("a = b = PCA()", 1, 1, "one plain name"),
        ("a, b = PCA(), PCA()", 1, 1, "one plain name"),
        ("a.b = PCA()", 1, 1, "one plain name"),
        ("a__b = PCA()", 1, 1, "separator"),
        ("a = PCA()\na = SVC()", 2, 1, "already names a step"),
        ("f = FunctionTransformer(lambda x: x)", 1, 25, "lambda"),
        ("a = PCA(n := 3)", 1, 9, ":="),
        ("a = (yield)", 1, 6, "yield"),
        ("numeric | PCA()", 1, 1, "`|` joins nothing"),
        ("numeric > PCA()", 1, 1, "joined with `>>`"),
        ("numeric >> (PCA() >> PCA())", 1, 13, "no parentheses"),
        ("numeric >> [PCA()]", 1, 12, "Columns alone"),
        ("'a', 'b' >> PCA()", 1, 1, "into a list"),
        ("a = [PCA() for i in x]", 1, 5, "comprehension"),
        ("['x']", 1, 1, "Columns alone"),
        ("a = 3", 1, 5, "no estimator"),
        ("a = models['rf']", 1, 5, "no estimator"),
        ("a = -PCA()", 1, 5, "no estimator"),
        ("numeric", 1, 1, "selects columns"),
        ("a = drop", 1, 5, "needs the columns"),
        ("numeric >> drop >> PCA()", 1, 12, "stands alone"),
        ("numeric >> PCA() >> 'passthrough'", 1, 21, "stands alone"),
        ("PCA()\na = PCA(n=2, n=3)", 2, 14, "argument repeated"),
        ("a = PCA()\n%time b", 2, 1, "Magics"),
        ("a = PCA()\n  !ls", 2, 3, "Magics"),
        ("a = \n", 1, 5, "invalid syntax"),
        ("a = PCA(", 1, 8, "never closed"),
        ("a = PCA()\n  b = PCA()", 2, 2, "unexpected indent"),
        ("é = 'é' >> (lambda: é)", 1, 13, "lambda"),
    ],
)
def test_all_else_is_refused_at_its_line_and_column(text, line, column, said):
    with pytest.raises(SpecError, match=said.replace("|", r"\|")) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.source_line == text.split("\n")[line - 1]
    assert f"line {line}, column {column}" in str(caught.value)


def test_only_text_is_read():
    with pytest.raises(UsageError, match="is text"):
        parse(None)  # type: ignore[arg-type]


def test_the_error_survives_pickling_with_its_place():
    with pytest.raises(SpecError) as caught:
        parse("a = PCA()\na = PCA()")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (copy.line, copy.column, copy.source_line) == (2, 1, "a = PCA()")


@given(st.text())
@example("\0")
@example("(" * 300)
@example("-" * 100_000 + "1")
@example("a = PCA(" + "-" * 900 + "1)")
@example("a = '\ud800'")
@example("x\x0c = 1\r\ry = lambda: 1")
def test_any_text_gives_a_spec_or_a_spec_error(text):
    error = refusal(text)
    assert error is None or min(error.line, error.column) >= 1


@given(st.data())
def test_a_damaged_cell_gives_a_spec_or_a_spec_error(data):
    start, stop = sorted(data.draw(st.integers(0, len(CELL))) for _ in range(2))
    damaged = (
        CELL[:start] + data.draw(st.sampled_from(["", ">>", "(", "'", "\t", "="])) + CELL[stop:]
    )
    error = refusal(damaged)
    assert error is None or error.source_line in damaged


def test_parsing_loads_neither_numpy_nor_scikit_learn():
    code = (
        "import sys, nbpipe.pipeline.parse, nbpipe.pipeline.format as f\n"
        "assert f.format_spec(nbpipe.pipeline.parse.parse('a = PCA()')) == 'a = PCA()\\n'\n"
        "print(sorted({'numpy', 'pandas', 'sklearn', 'joblib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
