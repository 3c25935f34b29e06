"""`%nbpipe watch`: below a cell, of what is new, once, and never in the way."""

import pytest

import nbpipe
from nbpipe.jupyter import session
from shells import FIT, PREPARE, SCALE, SCORE, SPLIT, run
from work import calls

CELLS = {"a": PREPARE, "b": SCALE, "c": SPLIT, "d": FIT, "e": SCORE}


@pytest.fixture
def told(shell, capsys):
    """Run a cell, watched; return the lines that were told of findings below it."""

    def run_watched(cell, cell_id=None):
        capsys.readouterr()
        shell.run_cell(cell, store_history=True, cell_id=cell_id)
        lines = capsys.readouterr().out.splitlines()
        return [line for line in lines if line.startswith(("error ", "review ", "note "))]

    run(shell, "%nbpipe watch on")
    return run_watched


def test_it_speaks_below_the_cell_that_completes_a_leak(told):
    heard = [told(cell, cell_id) for cell_id, cell in CELLS.items()]
    assert heard[:4] == [[]] * 4
    ((line,),) = heard[4:]
    assert line.startswith("error NB101 In [4], line 1: `StandardScaler().fit_transform(X)`")
    assert " Fix: " in line
    assert "X_test = scaler.transform(X_test)" in line


def test_a_finding_is_told_once(told):
    for cell_id, cell in CELLS.items():
        told(cell, cell_id)
    again = [told(cell, cell_id) for _ in range(2) for cell_id, cell in CELLS.items()]
    assert again == [[]] * 10
    assert told(CELLS["b"] + "\n# a remark", "b") == []
    assert told(CELLS["e"], "e") == []


def test_a_finding_that_went_and_came_back_is_told_again(told):
    for cell_id, cell in CELLS.items():
        told(cell, cell_id)
    for cell_id, cell in {**CELLS, "b": "X = X.abs()"}.items():
        assert told(cell, cell_id) == []
    assert [bool(told(cell, cell_id)) for cell_id, cell in CELLS.items()] == [False] * 4 + [True]


def test_it_does_not_repeat_what_check_has_shown(shell, told):
    run(shell, "%nbpipe watch off")
    for cell_id, cell in CELLS.items():
        told(cell, cell_id)
    run(shell, "%nbpipe check")
    run(shell, "%nbpipe watch on")
    assert told(SCORE, "e") == []


def test_turned_on_it_counts_what_is_there(shell, told, capsys):
    run(shell, "%nbpipe watch off")
    for cell_id, cell in CELLS.items():
        told(cell, cell_id)
    run(shell, "%nbpipe watch on")
    assert "There is already: 1 error;" in capsys.readouterr().out
    assert told("1") == []


def test_it_survives_cells_that_fail(told):
    for cell in (
        "1 / 0",
        "1 +* 1",
        "raise SystemExit",
        "%nbpipe nonsense",
        "raise KeyboardInterrupt",
    ):
        assert told(cell) == []
    assert [bool(told(cell)) for cell in CELLS.values()] == [False] * 4 + [True]


def test_it_never_raises_itself(shell, told, monkeypatch, capsys):
    def fail(*_, **__):
        raise RuntimeError("the checker is broken")

    monkeypatch.setattr(session, "check_document", fail)
    assert run(shell, "6 * 7") == 42
    shown = capsys.readouterr()
    assert "broken" not in shown.out + shown.err
    assert "Error" not in shown.out + shown.err


def test_severity_says_how_grave_it_must_be(shell, told):
    run(shell, "%nbpipe watch on --severity error")
    more = [FIT.replace("()", "(C=9)"), SCORE + "  # again"]
    assert [told(cell) for cell in (PREPARE, SPLIT, FIT, SCORE, *more)] == [[]] * 6
    run(shell, "%nbpipe watch on")
    assert told(SCORE + "  # and again")[0].startswith("review NB301")


def test_off_takes_the_hook_away(shell, told, capsys):
    before = len(shell.events.callbacks["post_run_cell"])
    run(shell, "%nbpipe watch on")
    assert len(shell.events.callbacks["post_run_cell"]) == before
    run(shell, "%nbpipe watch off\n%nbpipe watch off")
    assert len(shell.events.callbacks["post_run_cell"]) == before - 1
    assert [told(cell) for cell in CELLS.values()] == [[]] * 5


def test_alone_it_says_how_it_stands(shell, capsys):
    for state in ("off", "on", "off"):
        run(shell, f"%nbpipe watch {state}")
        capsys.readouterr()
        run(shell, "%nbpipe watch")
        assert capsys.readouterr().out == f"nbpipe watch is {state}.\n"


def test_unloading_takes_every_hook_away(shell, told):
    run(shell, "%unload_ext nbpipe")
    hooks = shell.events.callbacks["pre_run_cell"] + shell.events.callbacks["post_run_cell"]
    assert not [each for each in hooks if "nbpipe" in getattr(each, "__module__", "")]
    assert not [each for each in shell.input_transformers_cleanup if "nbpipe" in each.__module__]
    run(shell, "%load_ext nbpipe\n%reload_ext nbpipe")
    assert [told(cell) for cell in CELLS.values()] == [[]] * 5  # a new start is off


def test_a_session_of_a_hundred_cells_is_watched_in_passing(shell, told):
    """What was looked at before is not read again; benchmarks/leaks.py tells the time."""
    cells = ["flights.describe()", "late = flights[flights.late == 1]", FIT, SCORE]
    for cell in [*CELLS.values(), *cells * 24]:
        shell.run_cell(cell, store_history=True, silent=False)
    watcher = shell.magics_manager.registry["NbpipeMagics"].watcher
    shell.user_ns["In"].append("x = 1")
    shell.history_manager.input_hist_raw.append("x = 1")
    again = calls(watcher._after_a_cell, None)
    anew = calls(nbpipe.check_text, "\n".join(shell.history_manager.input_hist_raw))
    assert again < anew / 2
