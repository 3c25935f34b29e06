"""Spec to text and to data, and back."""

import ast
import json

import pytest
from hypothesis import given
from pipeline.strategies import specs

from nbpipe.errors import SpecError
from nbpipe.pipeline.format import format_spec
from nbpipe.pipeline.layout import WIDTH, flat, normal, wrap
from nbpipe.pipeline.parse import parse
from nbpipe.pipeline.spec import from_data, to_data


@given(specs())
def test_formatting_loses_nothing(spec):
    assert parse(format_spec(spec)) == spec


@given(specs())
def test_formatting_settles_at_once(spec):
    text = format_spec(spec)
    assert format_spec(parse(text)) == text


@given(specs())
def test_a_spec_travels_as_json(spec):
    assert from_data(json.loads(json.dumps(to_data(spec)))) == spec


@given(specs())
def test_wrapping_keeps_the_expression(spec):
    for node in (part.estimator.node for part in spec.parts if hasattr(part, "estimator")):
        wrapped = "\n".join(wrap(node, "name = ", indent=0))
        assert flat(ast.parse(wrapped).body[0].value) == flat(node)


def test_long_parts_are_wrapped_where_a_person_would():
    text = (
        'num = ["distance", "temp", "humid", "wind_speed", "pressure", "visib", "recent_delay",'
        ' "seats"] >> SimpleImputer(strategy="median") >> StandardScaler()\n'
        "model = RandomForestClassifier(n_estimators=100, max_depth=6, min_samples_leaf=30,"
        " random_state=42)\n"
    )
    assert format_spec(parse(text)) == (
        "num = (\n"
        "    [\n"
        '        "distance", "temp", "humid", "wind_speed", "pressure", "visib", "recent_delay",\n'
        '        "seats",\n'
        "    ]\n"
        '    >> SimpleImputer(strategy="median")\n'
        "    >> StandardScaler()\n"
        ")\n"
        "model = RandomForestClassifier(\n"
        "    n_estimators=100,\n"
        "    max_depth=6,\n"
        "    min_samples_leaf=30,\n"
        "    random_state=42,\n"
        ")\n"
    )
    assert all(len(line) <= WIDTH for line in format_spec(parse(text)).splitlines())


def test_strings_are_written_in_double_quotes_where_that_needs_no_escape():
    assert normal("f('a', \"b\", 'it\\'s', 'say \"x\"')") == """f("a", "b", "it's", 'say "x"')"""


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"parts": [{}]},
        {"parts": [{"name": None, "estimator": "PCA("}]},
        {"parts": [{"name": None, "estimator": 3}]},
        {"parts": [{"name": None, "columns": "numeric"}]},
        {"parts": 3},
        None,
    ],
)
def test_data_that_is_no_spec_is_refused(data):
    with pytest.raises(SpecError):
        from_data(data)
