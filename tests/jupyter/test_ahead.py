"""`%%nbpipe check`: it looks at its cell first, speaks, and lets it run as any cell."""

import pytest

from shells import FIT, PREPARE, SCALE, SCORE, SPLIT, run


@pytest.fixture
def shell(shell):
    for cell_id, cell in {"a": PREPARE, "b": SCALE, "c": SPLIT, "d": FIT}.items():
        run(shell, cell, cell_id)
    return shell


def ahead(cell):
    return f"%%nbpipe check\n{cell}"


def test_it_speaks_before_the_cell_runs_and_then_the_cell_runs(shell, capsys):
    assert run(shell, ahead(f"print('running')\n{SCORE}"), "e") == pytest.approx(0.79, abs=0.1)
    told, _, after = capsys.readouterr().out.partition("running\n")
    assert told.startswith("In [3], line 1: error[NB101]")
    assert "In [6], line 3" in told
    assert after.startswith("Out[6]: ")


def test_it_is_quiet_about_a_cell_that_adds_nothing(shell, capsys):
    run(shell, ahead("1;"))
    run(shell, SCORE)
    capsys.readouterr()
    run(shell, ahead("len(X_test);"))
    run(shell, ahead(SPLIT))
    assert capsys.readouterr().out == ""


def test_run_again_it_says_it_again(shell, capsys):
    for _ in range(2):
        run(shell, ahead(SCORE), "e")
        assert "error[NB101]" in capsys.readouterr().out


def test_what_it_told_the_watch_does_not_repeat(shell, capsys):
    run(shell, "%nbpipe watch on")
    run(shell, ahead(SCORE), "e")
    assert capsys.readouterr().out.count("NB101]") == 1
    assert "error NB101" not in capsys.readouterr().out


def test_underscore_out_and_display_are_those_of_any_cell(shell, capsys):
    assert run(shell, ahead("x = 6\nx * 7")) == 42
    number = shell.execution_count - 1
    assert run(shell, f"(_, Out[{number}], x)") == (42, 42, 6)
    capsys.readouterr()
    run(shell, ahead("x;"))
    assert capsys.readouterr().out == ""


def test_errors_are_those_of_any_cell(shell, capsys):
    with pytest.raises(ZeroDivisionError):
        run(shell, ahead("y0 = 1\n1 / 0"))
    shown = capsys.readouterr().out
    assert shown.count("ZeroDivisionError: ") <= 1
    assert "line 3" in shown  # counted as in the cell
    assert shell.user_ns["y0"] == 1
    with pytest.raises(SyntaxError):
        run(shell, ahead("1 +* 1"))


def test_another_cell_magic_may_follow(shell, capsys):
    run(shell, ahead(f"%%capture said\nprint(7)\n{SCORE}"), "e")
    assert shell.user_ns["said"].stdout == "7\n"
    assert "error[NB101]" in capsys.readouterr().out


def test_options_are_those_of_check(shell, capsys):
    run(shell, ahead(SCORE).replace("check", "check --ignore NB1"), "e")
    assert "NB101" not in capsys.readouterr().out
    run(shell, ahead(SCORE).replace("check", "check --severity error"), "e")
    assert "NB101" in capsys.readouterr().out


def test_the_later_cells_see_what_it_did(shell):
    for cell in (PREPARE, ahead(SCALE), SPLIT, FIT, SCORE):
        run(shell, cell)
    (located,) = run(shell, "%nbpipe check").findings
    assert str(located.finding.place) == "In [7], line 2"


def test_a_terminal_waits_for_the_cell_below(shell):
    assert shell.check_complete("%%nbpipe check")[0] == "incomplete"
