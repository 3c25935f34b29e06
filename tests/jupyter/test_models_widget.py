"""The model browser, driven as a page would drive it, without one."""

import shutil

import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import nbpipe
from nbpipe.jupyter.widgets.display import browse, hide_widgets, show_widgets
from nbpipe.jupyter.widgets.models import Browser
from shells import FLIGHTS, run

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    X = pd.read_csv(FLIGHTS, nrows=600)
    y = X.pop("late")
    folder = tmp_path_factory.mktemp("models")
    for numbers in (["distance", "temp"], ["distance"]):
        encode = OneHotEncoder(handle_unknown="ignore")
        columns = make_column_transformer(("passthrough", numbers), (encode, ["carrier"]))
        pipeline = make_pipeline(columns, LogisticRegression(solver="liblinear"))
        fitted = pipeline.fit(X.fillna({"temp": 50}), y)
        report = {"main_metric": "f1", "metrics": {"f1": {"test_mean": 0.1 * len(numbers)}}}
        nbpipe.export(fitted, folder / "late", X=X.fillna({"temp": 50}), y=y, report=report)
    return folder


@pytest.fixture
def models(made, tmp_path):
    return shutil.copytree(made, tmp_path / "models")


@pytest.fixture
def browser(models):
    browser = Browser(nbpipe.models(models), {"taken": 1})
    yield browser
    browser.work.wait(30)


def press(browser, button):
    button.click()
    browser.work.wait(30)


def test_it_lists_the_versions_and_starts_with_the_latest(browser, models):
    assert browser.version.value == str(models / "late" / "1.1.0")
    for told in ("late 1.0.0", "f1 0.200", "✓ the same", " kB</td>"):
        assert told in browser.listing.value


def test_a_sound_version_is_verified_and_a_changed_one_is_told(browser, models):
    press(browser, browser.check.verify)
    assert "late 1.1.0 is sound" in browser.check.found.value
    assert browser.work.message.value == ""
    (models / "late" / "1.1.0" / "requirements.txt").write_text("other")
    press(browser, browser.check.verify)
    assert browser.check.found.value == ""
    assert "requirements.txt is cut short" in browser.work.message.value


def test_a_model_is_loaded_into_a_variable_that_is_free(browser):
    space = browser.check._namespace
    for name, told in (("taken", "already holds something else (int)"), ("1st", "cannot be")):
        browser.check.variable.value = name
        press(browser, browser.check.load)
        assert told in browser.work.message.value
    browser.check.variable.value = "model"
    for version in ("1.0.0", "1.1.0"):  # a model may follow another
        (browser.version.value,) = (s for s in browser._found if s.endswith(version))
        press(browser, browser.check.load)
        assert space["model"].version == version
        assert f"late {version} is in model." in browser.check.found.value
    assert space["taken"] == 1


def test_another_version_is_compared_with_the_one_before_and_its_results_go(browser, models):
    press(browser, browser.check.verify)
    assert browser.comparison.since.value == str(models / "late" / "1.0.0")
    assert '<th scope="row">temp</th><td>number</td><td>-</td>' in browser.comparison.found.value
    browser.version.value = str(models / "late" / "1.0.0")
    assert browser.check.found.value == ""
    assert '<th scope="row">temp</th><td>-</td><td>number</td>' in browser.comparison.found.value


def test_a_form_tells_what_is_wrong_where_it_is(browser, models):
    browser.version.value = str(models / "late" / "1.0.0")
    press(browser, browser.trial.open)
    form = browser.trial.form
    assert set(form.controls) == {"distance", "temp", "carrier"}
    form.predict.click()
    assert "late: 0" in form.answer.value
    assert "Probabilities" in form.answer.value
    form.controls["temp"].value = "<warm>"
    form.controls["carrier"].value = "zz"
    form.predict.click()
    assert "expected a number" in form.messages["temp"].value
    assert "1 field needs another value" in form.answer.value
    form.controls["temp"].value = "50"
    form.predict.click()
    assert form.messages["temp"].value == ""
    assert "unlike training: expected one of" in form.messages["carrier"].value
    browser.version.value = str(models / "late" / "1.1.0")
    assert browser.trial.form is None


def test_a_form_that_is_wide_shows_some_and_keeps_the_rest(tmp_path):
    X = pd.DataFrame({f"c{i}": [0.0, 1.0, 2.0] for i in range(120)})
    y = [0, 1, 1]
    fitted = LogisticRegression().fit(X, y)
    nbpipe.export(fitted, tmp_path / "wide", X=X, y=y)
    browser = Browser(nbpipe.models(tmp_path), {})
    press(browser, browser.trial.open)
    assert len(browser.trial.form.controls) == 100
    browser.trial.form.predict.click()
    assert "Prediction: " in browser.trial.form.answer.value


def test_an_alias_is_moved_and_moved_back_and_the_form_stays_open(browser, models):
    press(browser, browser.trial.open)
    browser.aliases.reason.value = "why not"
    press(browser, browser.aliases.promote)
    assert "production: nothing -&gt; 1.1.0" in browser.aliases.done.value
    assert "why not" in browser.aliases.done.value
    assert "production" in browser.listing.value
    assert browser.trial.form is not None
    press(browser, browser.aliases.promote)
    assert "stands for 1.1.0 already" in browser.aliases.done.value
    press(browser, browser.aliases.rollback)
    assert "stood for nothing before 1.1.0" in browser.work.message.value
    browser.version.value = str(models / "late" / "1.0.0")
    press(browser, browser.aliases.promote)
    press(browser, browser.aliases.rollback)
    assert nbpipe.history(models / "late").current() == {"production": "1.1.0"}
    assert browser.version.value == str(models / "late" / "1.0.0")
    assert browser.version.options[1][0] == "late 1.1.0 (production)"


def test_what_cannot_be_read_is_told_and_a_folder_without_models_has_no_controls(models, tmp_path):
    (models / "late" / "1.0.0" / "manifest.json").write_text("{")
    browser = Browser(nbpipe.models(models), {})
    assert "⚠ Unreadable: " in browser.listing.value
    assert "There is no other version" in browser.comparison.found.value
    (tmp_path / "none").mkdir()
    empty = Browser(nbpipe.models(tmp_path / "none"), {})
    assert "No models here. To export one" in empty.listing.value
    assert browser.tabs in browser.view.children
    assert empty.tabs not in empty.view.children


def test_a_url_is_browsed_as_a_folder_is(models, monkeypatch, tmp_path):
    fsspec = pytest.importorskip("fsspec")
    monkeypatch.setenv("NBPIPE_CACHE", str(tmp_path / "cache"))
    fsspec.filesystem("memory").put(str(models / "late"), "/browsed/late", recursive=True)
    browser = Browser(nbpipe.models("memory://browsed"), {})
    press(browser, browser.check.load)
    assert browser.check._namespace["model"].version == "1.1.0"
    press(browser, browser.aliases.promote)
    assert nbpipe.history("memory://browsed/late").current() == {"production": "1.1.0"}
    assert "production" in browser.listing.value


def test_a_listing_is_shown_as_a_widget_in_a_kernel_and_as_ever_elsewhere(shell, models):
    found = nbpipe.models(models)
    plain, _ = shell.display_formatter.format(found)
    assert VIEW not in plain
    show_widgets(shell)
    shown, _ = shell.display_formatter.format(found)
    assert VIEW in shown
    assert {kind: shown[kind] for kind in plain} == plain
    hide_widgets(shell)
    assert shell.display_formatter.format(found)[0] == plain
    assert browse(found).children


def test_the_words_behind_models_are_those_of_the_shell(shell, models, tmp_path):
    late = f"{tmp_path}/models/late"
    move = run(shell, f"%nbpipe models promote {late} 1.0.0 production --reason 'for now'")
    assert (move.version, move.reason) == ("1.0.0", "for now")
    assert run(shell, "%nbpipe models history late").current() == {"production": "1.0.0"}
    assert run(shell, "%nbpipe models diff late production latest").second == "late 1.1.0"
    assert run(shell, "%nbpipe models verify late").bundle.version == "1.1.0"
    run(shell, "%nbpipe models promote late latest production")
    assert run(shell, "%nbpipe models rollback late production").version == "1.0.0"
    assert len(run(shell, "%nbpipe models")) == 2
    assert len(run(shell, "%config NbpipeMagics.models_dir = 'x'\n%nbpipe models models")) == 2
