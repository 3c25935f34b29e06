"""The magics: each is a thin door, and a user's mistake is one line."""

import pytest
from sklearn.pipeline import Pipeline

from nbpipe import CVReport, DataReport, Model
from nbpipe.cli.main import main
from nbpipe.errors import NbpipeError, UsageError
from nbpipe.jupyter.magics import VERBS
from shells import BUILD, FIT, PREPARE, SCALE, SCORE, SPLIT, run


def test_the_whole_way_from_a_cell_to_a_prediction(shell):
    assert isinstance(run(shell, BUILD), Pipeline)
    report = run(
        shell, "report = %nbpipe cv late X y --time sched_dep --scoring f1,roc_auc\nreport"
    )
    assert isinstance(report, CVReport)
    assert report.metrics == ("f1", "roc_auc")
    assert report.name == "late"
    assert "TimeSeriesSplit" in str(report)
    run(shell, "late.fit(X, y); bundle = %nbpipe export late X y --version 1.0 --report report")
    model = run(shell, "model = %nbpipe load models/late\nmodel")
    assert isinstance(model, Model)
    assert run(shell, "(model.predict(X) == late.predict(X)).all()")
    assert "1.0" in str(run(shell, "%nbpipe models"))


def test_the_result_is_the_cells_value_and_stands_in_underscore(shell):
    run(shell, BUILD)
    assert run(shell, "_ is late") is True


def test_code_prints_python_that_makes_an_equal_pipeline(shell, capsys):
    run(shell, BUILD.replace("build late", "build late --code"))
    text = capsys.readouterr().out
    namespace = {}
    exec(text, namespace)
    assert repr(namespace["late"]) == repr(shell.user_ns["late"])


def test_braces_and_dollars_reach_the_cell_as_they_are(shell):
    """IPython would otherwise put a variable's value where {name} stands."""
    run(shell, "distance = 7")
    run(shell, BUILD.replace("max_iter=500", "class_weight={0: 1.0, 1: 4.0}"))
    assert shell.user_ns["late"][-1].class_weight == {0: 1.0, 1: 4.0}


def test_arguments_may_be_expressions_and_splitters_need_no_import(shell):
    run(shell, BUILD)
    report = run(shell, "r = %nbpipe cv late X[:600] y[:600] --cv KFold(3,shuffle=True)\nr")
    assert len(report.folds) == 3
    assert report.n_rows == 600
    quoted = run(shell, "r = %nbpipe cv late 'X[:600]' 'y[: 600]' --n-splits 2\nr")
    assert len(quoted.folds) == 2


def test_brackets_and_quotes_hold_words_together(shell):
    run(shell, BUILD)
    cell = "r = %nbpipe cv late X[:600] y[:600] --cv KFold(3, shuffle=True, random_state=0)\nr"
    assert len(run(shell, cell).folds) == 3
    cell = "r = %nbpipe cv late X[X['carrier'] != 'a b'] y --n-splits 2\nr"
    assert len(run(shell, cell).folds) == 2


def test_a_class_is_named_as_it_is_written(shell):
    run(shell, BUILD)
    run(shell, "words = y.map({0: 'on time', 1: 'late'})")
    report = run(shell, "r = %nbpipe cv late X words --pos-label 'on time' --n-splits 2\nr")
    assert "'on time'" in str(report)


def test_a_semicolon_at_the_end_silences(shell, capsys):
    run(shell, BUILD)
    capsys.readouterr()
    run(shell, "%nbpipe cv late X y --n-splits 2;")
    assert capsys.readouterr().out == ""


def test_config_sets_defaults_and_options_win(shell):
    run(shell, BUILD)
    run(shell, "%config NbpipeMagics.n_splits = 3\n%config NbpipeMagics.overfit_gap = 0.3")
    report = run(shell, "r = %nbpipe cv late X y\nr")
    assert len(report.folds) == 3
    assert report.thresholds.overfit_gap == 0.3
    report = run(shell, "r = %nbpipe cv late X y --n-splits 2 --overfit-gap 0.15\nr")
    assert len(report.folds) == 2
    assert report.thresholds.overfit_gap == 0.15


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(shell, capsys, verb):
    run(shell, f"%nbpipe {verb} --help")
    shown = capsys.readouterr().out
    assert shown.startswith(f"usage: %nbpipe {verb} ")
    run(shell, "%nbpipe")
    assert verb in capsys.readouterr().out


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("%nbpipe bild", "Did you mean 'build'?"),
        ("%nbpipe cv late", "required: X, y"),
        ("%nbpipe cv late Z y", "no variable `Z`"),
        ("%nbpipe cv laet X y", "Did you mean 'late'?"),
        ("%nbpipe cv late X y --tiem a", "--tiem"),
        ("%nbpipe cv late X y --time schd_dep", "Did you mean 'sched_dep'?"),
        ("%nbpipe cv late X y --n-splits many", "--n-splits"),
        ("%nbpipe cv late X 'y", "lacks its closing '"),
        ("%nbpipe cv late X[ y", "lacks its closing ]"),
        ("%nbpipe cv late X+ y", "not a Python expression"),
        ("%nbpipe cv late X y --pos-label yes", "no class or variable `yes`"),
        ("%nbpipe load models/late --policy unseen", "unseen=error"),
        ("%nbpipe cv late 1/0 y", "ZeroDivisionError"),
        ("%nbpipe cv late X y --scoring f2", "f2"),
        ("%nbpipe cv late X y[:-1]", "1499"),
        ("%nbpipe build late", "%%nbpipe build"),
        ("%%nbpipe cv late X y\n1", "%nbpipe cv"),
        ("%%nbpipe build 1st\nm = Ridge()", "cannot be a variable"),
        ("%%nbpipe build X\nm = Ridge()", "already holds something else"),
        ("%%nbpipe build p\nm = Rigde()", "Did you mean 'Ridge'?"),
        ("%nbpipe export late X y", "fit"),
        ("%nbpipe export late.steps[-1][1] X y", "--to models/NAME"),
        ("%nbpipe cv late Z y  # a comment", "no variable `Z`"),
        ("%nbpipe load models/none", "models/none"),
        ("%nbpipe models nowhere", "nowhere"),
        ("%nbpipe watch onn", "invalid choice: 'onn'"),
        ("%nbpipe explain NB1O1", "Did you mean 'NB101'?"),
        ("%nbpipe check --select NB1O1", "Did you mean 'NB101'?"),
        ("%nbpipe check --ignore X", "no rule `X`"),
        ("%nbpipe check --select ,", "A rule is missing"),
        ("%nbpipe check --severity grave", "invalid choice: 'grave'"),
        ("%nbpipe check --data X", "--data takes X_train X_test"),
        ("%nbpipe check --data X X y", "--data takes X_train X_test"),
        ("%nbpipe check --data X Z", "no variable `Z`"),
        ("%nbpipe check --data X X --time schd_dep", "Did you mean 'sched_dep'?"),
        ("%nbpipe check --time sched_dep", "go with --data"),
        ("%nbpipe check a.py --data X X", "leave out files"),
        ("%nbpipe check --data X X --select NB1", "leave out --select"),
        ("%nbpipe check --fail-on review", "goes with files"),
        ("%nbpipe check a.py --fail-on eror", "Did you mean 'error'?"),
        ("%%nbpipe check a.py\n1", "checks its own cell"),
    ],
)
def test_a_mistake_is_one_line_and_changes_nothing(shell, tmp_path, cell, said):
    run(shell, BUILD)
    before, X = dict(shell.user_ns), shell.user_ns["X"].copy()
    with pytest.raises(NbpipeError) as caught:
        run(shell, cell)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    after = shell.user_ns
    assert {k: v for k, v in before.items() if after.get(k) is not v and k[0] != "_"}.keys() <= {
        "In"
    }
    assert after["X"].equals(X)
    assert not list(tmp_path.glob("models/**/*"))


def test_files_are_checked_as_the_command_does(shell, tmp_path, capsys):
    (tmp_path / "leak.py").write_text(f"{PREPARE}\n{SCALE}\n{SPLIT}\n{FIT}\n{SCORE}")
    checked = run(shell, "%nbpipe check leak.py nowhere.py")
    capsys.readouterr()
    assert main(["check", "leak.py", "nowhere.py"]) == 2
    assert capsys.readouterr().out.strip() == str(checked)
    assert "NB101" in str(checked)
    assert "skipped" in checked._repr_html_()
    assert not run(shell, "%nbpipe check leak.py --ignore NB1 --severity error").findings
    assert run(shell, "%nbpipe check leak.py --fail-on never").exit_code == 0
    (tmp_path / "broken.py").write_text("x = (")
    assert "not Python, left out" in run(shell, "%nbpipe check broken.py")._repr_html_()


def test_data_are_checked_as_check_data_does(shell):
    run(shell, "X = X.drop(columns='sched_dep')")
    report = run(shell, "r = %nbpipe check --data X[:1000] X[900:] y[:1000] y[900:]\nr")
    assert isinstance(report, DataReport)
    assert "100" in str(report)
    assert not report.ok


def test_times_and_groups_are_columns_or_pairs(shell):
    report = run(shell, "r = %nbpipe check --data X[500:] X[:500] --time sched_dep\nr")
    assert "earlier" in str(report) or "later" in str(report)
    cell = "r = %nbpipe check --data X[:500] X[500:] --groups (X.carrier[:500], X.carrier[500:])\nr"
    assert "group" in str(run(shell, cell))


def test_a_rule_is_explained(shell):
    assert "# NB101: " in run(shell, "%nbpipe explain NB101")._repr_markdown_()
    assert "NB301" in str(run(shell, "%nbpipe explain"))


def test_a_mistake_is_shown_without_a_traceback(shell, capsys):
    shell.run_cell("%nbpipe cv late X y")
    shown = capsys.readouterr().out
    assert "UsageError" in shown
    assert "Traceback" not in shown
    assert len(shown.strip().splitlines()) == 1


def test_an_unclosed_option_does_not_reach_the_verb(shell):
    with pytest.raises(UsageError, match="--help"):
        run(shell, "%nbpipe cv late X y --time")


def test_reloading_keeps_one_completer_of_each_kind(shell):
    run(shell, "%reload_ext nbpipe")
    identifiers = [each.matcher_identifier for each in shell.Completer.custom_matchers]
    assert sorted(identifiers) == ["nbpipe.build", "nbpipe.verbs"]
    run(shell, "%unload_ext nbpipe")
    assert not shell.Completer.custom_matchers


def test_a_verb_of_python_or_the_shell_is_told_where_it_is(shell):
    for verb, way in {
        "promote": r"call nbpipe\.promote\(\.\.\.\)",
        "serve": "`nbpipe serve --help` in a shell",
        "exprot": "Did you mean 'export'",
    }.items():
        with pytest.raises(UsageError, match=way):
            shell.run_line_magic("nbpipe", f"{verb} models/late")
