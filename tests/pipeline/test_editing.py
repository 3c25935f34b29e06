"""Editing a spec: every change changes what it should, and nothing else."""

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pipeline.strategies import NAMESPACE, specs

from nbpipe.errors import SpecError, UsageError
from nbpipe.pipeline import editing
from nbpipe.pipeline.editing import Place, estimator_at, places
from nbpipe.pipeline.editor import Editor
from nbpipe.pipeline.format import format_spec
from nbpipe.pipeline.parse import parse

X = pd.DataFrame({name: [1.0, 2.0] for name in ("distance", "temp", "seats")} | {"carrier": "UA"})
TEXT = """\
num = ["distance", "temp"] >> SimpleImputer() >> StandardScaler()
cat = "carrier" >> OneHotEncoder()
rest >> passthrough
PCA(2).set_output(transform="pandas")
model = LogisticRegression(C=0.5)
"""
NUM_FIRST, NUM_LAST, CAT, REST, PCA, MODEL = places(parse(TEXT))


def editor(text=TEXT, namespace=None):
    return Editor("late", parse(text), X, namespace or {})


def lines(spec):
    return format_spec(spec).splitlines()


@given(specs())
def test_text_goes_through_an_editor_and_comes_out_as_it_was(spec):
    """Comments and line breaks aside: the same parts, with the same names, in the same order."""
    one = Editor("late", spec, X, NAMESPACE)
    assert one.cell == f"%%nbpipe build late\n{format_spec(spec)}".rstrip()
    other = Editor("late", parse("PCA()"), X, NAMESPACE)
    other.read(one.cell)
    assert other.spec == spec
    assert other.cell == one.cell


@settings(deadline=None, max_examples=30)
@given(specs(), st.data())
def test_a_parameter_that_is_set_and_left_out_again_changes_nothing_else(spec, data):
    one = Editor("late", spec, X, NAMESPACE)
    place = data.draw(st.sampled_from(list(places(spec))))
    given_ = one.settings(place)
    assume(given_)
    name = data.draw(st.sampled_from([each.parameter.name for each in given_]))
    before = {each.parameter.name: each.text for each in given_}
    one.set_parameter(place, name, "[1, None, 'a']")
    after = {each.parameter.name: each.text for each in one.settings(place)}
    assert after == before | {name: '[1, None, "a"]'}
    one.set_parameter(place, name, before[name])
    assert {each.parameter.name: each.text for each in one.settings(place)} == before
    others = [each for each in places(spec) if each != place]
    assert all(estimator_at(one.spec, each) == estimator_at(spec, each) for each in others)


@settings(max_examples=50)
@given(specs(), st.data())
def test_a_step_that_is_added_can_be_taken_away_again(spec, data):
    after = data.draw(st.sampled_from(list(places(spec))))
    changed, place = editing.add_step(spec, after, "Binarizer()")
    assert estimator_at(changed, place).text == "Binarizer()"
    back = editing.remove_step(changed, place)
    if estimator_at(spec, after).text != "drop":  # which only a route of its own can say
        assert back == spec


@settings(max_examples=50)
@given(specs(), st.data())
def test_a_step_that_is_moved_is_still_there_and_comes_back(spec, data):
    place = data.draw(st.sampled_from(list(places(spec))))
    changed, to = editing.move_step(spec, place, 1)
    assert estimator_at(changed, to) == estimator_at(spec, place)
    assert sorted(lines(changed)) == sorted(lines(spec)) or place.link is not None
    if to != place and place.link is not None:
        assert editing.move_step(changed, to, -1) == (spec, place)


@given(st.lists(st.sampled_from(list(X.columns)), unique=True), st.sampled_from([0, 1, 2, 5, None]))
def test_columns_that_are_moved_stand_in_one_place_and_all_others_where_they_were(names, to):
    one = editor()
    before = one.where()
    one.move_columns(names, to)
    after = one.where()
    parts = one.spec.parts
    for name in X.columns:
        if name not in names:
            assert [_name(one.spec, n) for n in after[name]] == [
                _name(parse(TEXT), n) for n in before[name]
            ]
        elif to in (0, 1):
            assert [_name(one.spec, n) for n in after[name]] == [("num", "cat")[to]]
        elif to == 5:
            (route,) = after[name]
            assert parts[route].chain == (editing.PASSTHROUGH,)
    assert parts[-1] == parse(TEXT).parts[-1]


def _name(spec, number):
    return spec.parts[number].name or spec.parts[number].columns.text


def test_a_route_of_selected_columns_names_them_once_they_are_moved():
    one = editor("numeric >> StandardScaler()\ncategorical >> OneHotEncoder()\nRidge()")
    assert one.where()["temp"] == [0]
    one.move_columns(["temp"], None)
    assert lines(one.spec)[:2] == [
        '["distance", "seats"] >> StandardScaler()',
        "categorical >> OneHotEncoder()",
    ]
    one.move_columns(["temp"], 3)
    assert lines(one.spec)[2:] == ['["temp"] >> passthrough', "Ridge()"]


def test_variables_of_the_notebook_are_columns_and_estimators():
    namespace = {"some": ["temp", "seats"], "mine": "StandardScaler()"}
    one = editor("some >> StandardScaler()\nRidge()", namespace)
    assert one.taken() == {0: ["temp", "seats"]}
    one.change(parse("some >> mine"))
    assert one.settings(Place(0, 0)) == ()
    with pytest.raises(UsageError, match="change it in the text"):
        one.set_parameter(Place(0, 0), "copy", "True")


def test_a_step_passes_the_routes_as_one():
    spec = parse(TEXT)
    moved, place = editing.move_step(spec, PCA, -1)
    assert place == Place(0)
    assert lines(moved)[0].startswith("PCA(2)")
    assert [each.split()[0] for each in lines(moved)[1:]] == ["num", "cat", "rest", "model"]
    assert editing.move_step(moved, place, 1) == (spec, PCA)
    assert editing.move_step(moved, place, -1) == (moved, place)
    assert editing.move_step(spec, MODEL, 1) == (spec, MODEL)


def test_the_last_of_a_route_leaves_its_columns_as_they_are():
    spec = editing.remove_step(parse(TEXT), CAT)
    assert lines(spec)[1] == 'cat = "carrier" >> passthrough'
    assert lines(editing.add_step(spec, CAT, "OneHotEncoder()")[0]) == lines(parse(TEXT))
    with pytest.raises(UsageError, match="at least one step"):
        editing.remove_step(parse("PCA()"), Place(0))


def test_arguments_without_a_name_get_theirs():
    one = editor()
    assert one.settings(PCA)[0].text == "2"
    one.set_parameter(PCA, "whiten", "True")
    assert lines(one.spec)[3] == 'PCA(n_components=2, whiten=True).set_output(transform="pandas")'


def test_what_cannot_be_said_in_a_cell_changes_nothing():
    one = editor()
    for text in ("lambda x: x", "1 +", "x = 3", ""):
        with pytest.raises(SpecError):
            one.set_parameter(MODEL, "C", text)
    with pytest.raises(SpecError):
        one.read("%%nbpipe build other\nfor x in y: pass")
    assert one.spec == parse(TEXT)
    assert one.name == "late"
    assert not one.can_undo


def test_changes_are_taken_back_one_by_one():
    one = editor()
    one.set_parameter(MODEL, "C", "2")
    one.read("%%nbpipe build other --code\n" + format_spec(one.spec).replace("C=2", "C=3"))
    written = {each.parameter.name: each.text for each in one.settings(MODEL)}
    assert (one.name, written["C"]) == ("other", "3")
    one.undo()
    one.undo()
    assert one.spec == parse(TEXT)
    assert not one.can_undo


def test_errors_name_the_line_of_the_cell_that_is_seen():
    one = editor(TEXT.replace('"temp"', '"tmep"'))
    with pytest.raises(SpecError, match="no column 'tmep'") as caught:
        one.pipeline()
    assert caught.value.line == 2
    assert one.cell.splitlines()[1] == caught.value.source_line
    one = editor(TEXT.replace("C=0.5", "C=-1"))
    with pytest.raises(SpecError, match="'C' parameter") as caught:
        one.pipeline()
    assert one.cell.splitlines()[caught.value.line - 1] == caught.value.source_line
    with pytest.raises(SpecError) as caught:
        one.read("%%nbpipe build late\nfor x in y: pass")
    assert caught.value.line == 2


def test_only_the_columns_that_are_read_count_as_used():
    assert editor().used() == list(X.columns)
    assert editor('["temp"] >> PCA()\nRidge()').used() == ["temp"]
    assert editor("[1] >> PCA()\nRidge()").used() == list(X.columns)  # positions would shift
    assert editor("Ridge()").used() == list(X.columns)
