"""The builder without a browser: what its widgets do is what a click in one does."""

import sys
import time

import comm
import ipywidgets
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.pipeline import Pipeline

import nbpipe
from nbpipe import jupyter
from nbpipe.errors import DataError, MissingExtraError, UsageError
from nbpipe.jupyter.widgets.builder_cv import FOLDS, cv_steps
from nbpipe.jupyter.widgets.insert import SECONDS, TARGET, insert_cell
from nbpipe.pipeline.code import to_python
from shells import FLIGHTS, run

LEAKY = ["dep_delay", "arr_delay"]


@pytest.fixture(scope="module")
def flights():
    X = pd.read_csv(FLIGHTS, nrows=1500, parse_dates=["sched_dep"])
    return X, X.pop("late")


@pytest.fixture
def builder(flights):
    made = jupyter.Builder(*flights, name="late", namespace={})
    made.model.value = "linear"  # quick to fit
    return made


def choose(builder, text):
    """Choose the first step that is shown so."""
    steps = builder.steps.list
    steps.value = next(place for told, place in steps.options if text in told)


def set_parameter(builder, name, value):
    """Give the parameter `value` in the control that it has."""
    parameters = builder.steps.parameters
    parameters.list.value = name
    parameters.slot.children[0].value = value
    return parameters


def test_it_starts_from_a_proposal_without_what_gives_the_answer_away(flights):
    builder = jupyter.Builder(*flights, name="late", namespace={})
    assert builder.model.value == "boosting"
    assert "HistGradientBoostingClassifier" in builder.text.value
    reasons = {each.name: each.suspicion.kind for each in builder.columns if each.suspicion}
    assert reasons == {"sched_dep": "unusable", "tailnum": "identifier"} | dict.fromkeys(
        LEAKY, "target"
    )
    assert all(f'"{name}"' not in builder.text.value for name in reasons)
    assert "HistGradientBoostingClassifier" in builder._diagram.value


def test_every_view_follows_a_change(builder):
    builder.choices.list.value = ("flight", "air_time")
    builder.choices.to.value = "left out"
    builder.choices.move.click()
    assert '"flight"' not in builder.text.value
    assert ("flight  (left out)", "flight") in builder.choices.list.options
    choose(builder, "StandardScaler")
    builder.steps.search.value = "MinMaxScaler"
    builder.steps.replace.click()
    assert ">> MinMaxScaler()" in builder.text.value
    assert "MinMaxScaler" in builder._diagram.value
    builder.steps.undo.click()
    assert ">> StandardScaler()" in builder.text.value


def test_steps_are_added_moved_and_removed(builder):
    choose(builder, "StandardScaler")
    builder.steps.search.value = "PCA"
    builder.steps.add.click()
    assert ">> StandardScaler()\n    >> PCA()" in builder.text.value
    builder.steps.up.click()
    assert ">> PCA()\n    >> StandardScaler()" in builder.text.value
    builder.steps.remove.click()
    assert "PCA" not in builder.text.value
    builder.steps.search.value = "StandrdScaler"
    builder.steps.add.click()
    assert "Did you mean &#x27;StandardScaler&#x27;" in builder.steps.problem.value


def test_each_parameter_has_its_control(builder):
    choose(builder, "LogisticRegression")
    parameters = set_parameter(builder, "C", 0.5)
    assert isinstance(parameters.slot.children[0], ipywidgets.BoundedFloatText)
    parameters = set_parameter(builder, "fit_intercept", value=False)
    assert isinstance(parameters.slot.children[0], ipywidgets.Checkbox)
    parameters = set_parameter(builder, "class_weight", '"balanced"')
    assert isinstance(parameters.slot.children[0], ipywidgets.Dropdown)
    parameters.list.value = "random_state"
    number, none = parameters.slot.children
    assert (number.disabled, none.value) == (True, True)
    none.value = False
    number.value = 7
    for argument in ("C=0.5", "fit_intercept=False", 'class_weight="balanced"', "random_state=7"):
        assert f"    {argument},\n" in builder.text.value
    assert "random_state = 7" in [told for told, _ in parameters.list.options]
    none.value = True
    assert "random_state" not in builder.text.value  # its default
    assert parameters.slot.children == (number, none)  # who types is not thrown out
    assert "<summary>random_state: int" in parameters._help.value


def test_what_no_control_can_say_is_an_expression_and_errors_stand_beside_it(builder):
    choose(builder, "LogisticRegression")
    parameters = builder.steps.parameters
    parameters.list.value = "class_weight"
    parameters.as_text.value = True
    (text,) = parameters.slot.children
    text.value = "{0: 1, 1: 4}"
    assert "class_weight={0: 1, 1: 4}" in builder.text.value
    text.value = "lambda: 1"
    assert "cannot be exported" in parameters.problem.value
    assert "class_weight={0: 1, 1: 4}" in builder.text.value
    text.value = '"balanced'
    assert "not a Python expression" in parameters.problem.value
    text.value = "'heavy'"
    assert "class_weight" in parameters.problem.value
    assert "class_weight" in builder.problem.value  # the whole cannot be built
    text.value = ""
    assert parameters.problem.value == ""
    assert "class_weight" not in builder.text.value


def test_text_is_read_and_shown_everywhere(builder):
    builder.text.value = "%%nbpipe build other\nnum = numeric >> StandardScaler()\nRidge()"
    assert builder.editor.name == "other"
    assert [told for told, _ in builder.steps.list.options] == [
        "num >> StandardScaler()",
        "Ridge()",
    ]
    assert "Ridge" in builder._diagram.value
    builder.text.value = "for x in y: pass"
    assert "No loops here" in builder.problem.value
    assert builder.text.value == "for x in y: pass"  # to be mended
    assert "Ridge" in builder._diagram.value


def test_build_puts_the_pipeline_into_the_notebook_only_when_asked(builder):
    assert builder.namespace == {}
    builder.build.click()
    late = builder.namespace["late"]
    assert isinstance(late, Pipeline)
    assert "late now holds" in builder.said.value
    body = builder.text.value.partition("\n")[2]
    assert to_python(late) == to_python(nbpipe.build(body))


def test_it_goes_on_from_a_pipeline_that_is_there(flights):
    late = nbpipe.build('["temp"] >> SimpleImputer() >> StandardScaler()\nRidge(alpha=2)')
    builder = jupyter.Builder(*flights, name="late", namespace={"late": clone(late)})
    assert to_python(builder.editor.pipeline()) == to_python(late)
    builder.model.value = "linear"
    assert "LogisticRegression" in builder.text.value
    late.memory = "somewhere"  # which no cell can say
    builder = jupyter.Builder(*flights, name="late", namespace={"late": late})
    assert "late was left aside" in builder._reasons.value


def test_cross_validating_shows_the_report_of_the_columns_that_are_read(builder):
    builder.run.click()
    builder.work.wait(120)
    assert builder.work.message.value == ""
    report = builder.report
    assert report.split.in_time_order
    assert len(report.folds) == FOLDS
    assert not {each.name for each in report.probe.columns} & set(LEAKY)
    assert len(builder.output.outputs) == 1
    assert "late" in builder.output.outputs[0]["data"]["text/plain"]


def test_cross_validating_stops_between_folds(builder, flights):
    X, y = flights
    fitted = []

    class Counting(type(builder.editor.pipeline())):
        def fit(self, X, y):
            fitted.append(1)
            return super().fit(X, y)

    steps = cv_steps(Counting(builder.editor.pipeline().steps), X, y)
    assert next(steps)[:2] == (0, FOLDS)
    assert next(steps)[:2] == (1, FOLDS)
    steps.close()
    time.sleep(1)
    assert len(fitted) == 1


def test_an_error_while_fitting_is_one_sentence(builder):
    builder.text.value = "LogisticRegression()"
    builder.run.click()
    builder.work.wait(60)
    assert 'role="status" class="nbpipe-error"' in builder.work.message.value
    assert builder.report is None


def test_inserting_says_to_copy_where_nobody_answers(builder):
    builder.insert.click()
    time.sleep(SECONDS + 0.5)
    assert "Copy the text" in builder.said.value


def test_inserting_asks_for_the_text_and_hears_the_answer(monkeypatch):
    opened, answers = [], []
    make = comm.create_comm

    def create(**keywords):
        opened.append((keywords, make(**keywords)))
        return opened[-1][1]

    monkeypatch.setattr("nbpipe.jupyter.widgets.insert.create_comm", create)
    insert_cell("%%nbpipe build late", answers.append)
    ((asked, channel),) = opened
    assert asked == {"target_name": TARGET, "data": {"text": "%%nbpipe build late"}}
    channel.handle_msg({"content": {"data": {"inserted": True}}})
    channel.handle_close({"content": {"data": {}}})
    time.sleep(SECONDS + 0.5)
    assert answers == [True]


def test_without_widgets_its_text_and_table_are_shown(builder):
    shown = builder._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert shown["text/plain"] == builder.text.value
    assert '<th scope="row">carrier</th>' in shown["text/html"]
    assert "%%nbpipe build late" in shown["text/html"]


def test_without_a_target_there_is_no_model_and_nothing_to_validate(flights):
    builder = jupyter.Builder(flights[0], name="prepared", namespace={})
    assert builder.run.disabled
    assert "model" not in builder.text.value
    assert builder.editor.pipeline().fit_transform(flights[0]).shape[0] == 1500


def test_bad_input_is_told_in_a_sentence(flights):
    X, y = flights
    with pytest.raises(DataError, match="features are without names"):
        jupyter.Builder(X.to_numpy(), y, namespace={})
    with pytest.raises(DataError, match="1499"):
        jupyter.Builder(X, y[1:], namespace={})
    with pytest.raises(UsageError, match="already holds something else"):
        jupyter.Builder(X, y, name="X", namespace={"X": X})


def test_without_ipywidgets_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(MissingExtraError, match="lab") as caught:
        _ = jupyter.Builder
    assert caught.value.extra == "lab"
    with pytest.raises(AttributeError):
        _ = jupyter.Biulder


def test_the_magic_opens_it_over_the_notebooks_variables(shell):
    builder = run(shell, "%nbpipe builder late X y")
    assert builder.namespace is shell.user_ns
    assert "late" not in shell.user_ns
    builder.build.click()
    assert isinstance(shell.user_ns["late"], Pipeline)
    assert run(shell, "%nbpipe builder late X").run.disabled


def test_a_parameter_of_the_same_name_is_drawn_anew_for_another_estimator(builder):
    choose(builder, "StandardScaler")
    parameters = builder.steps.parameters
    parameters.list.value = "copy"
    assert "StandardScaler" not in parameters._help.value
    before = parameters._help.value
    builder.steps.search.value = "RobustScaler"
    builder.steps.replace.click()
    assert parameters.list.value == "copy"
    assert parameters._help.value != before


def test_a_pipeline_for_other_columns_is_shown_with_what_is_wrong(flights):
    late = nbpipe.build('["distanc"] >> SimpleImputer()\nRidge()')
    builder = jupyter.Builder(*flights, name="late", namespace={"late": late})
    assert "has no column &#x27;distanc&#x27;. Did you mean" in builder.problem.value
    assert "left out" in builder._repr_mimebundle_()["text/html"]
