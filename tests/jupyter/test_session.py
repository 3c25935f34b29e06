"""`%nbpipe check` in a session: what was run, in the order in which it was run."""

import pytest

from shells import FIT, PREPARE, SCALE, SCORE, SPLIT, run


def check(shell, words=""):
    return run(shell, f"%nbpipe check {words}")


def found(shell, words=""):
    return [(each.finding.code, each.finding.place.cell) for each in check(shell, words).findings]


def run_all(shell, *cells):
    for cell in cells:
        run(shell, cell)


def test_a_leak_across_cells_is_found_where_it_was_run(shell):
    run_all(shell, PREPARE, SCALE, SPLIT, FIT, SCORE)
    assert found(shell) == [("NB101", 3)]


def test_the_place_is_the_prompts_number_everywhere(shell):
    run_all(shell, PREPARE, f"%cd .\n!true\n\n{SCALE}", SPLIT, FIT, SCORE)
    told = check(shell)
    (located,) = told.findings
    assert str(told).startswith("In [3], line 4: error[NB101]")
    assert f"  4 | {SCALE}\n" in str(told)
    assert "In [6], line 1" in located.finding.message
    assert "In [3], line 4" in located.finding.prompt
    assert "cell 3" not in str(told) + told._repr_html_() + located.finding.prompt


def test_cells_count_in_the_order_in_which_they_were_run(shell):
    """The same four cells leak in one order, and not in another."""
    run_all(shell, PREPARE, SPLIT, SCALE, FIT, SCORE)
    assert found(shell) == []
    run_all(shell, SPLIT, FIT, SCORE)
    assert found(shell) == [("NB101", 4)]


def test_rows_dealt_out_anew_between_fit_and_score_are_found(shell):
    """Only the history shows it: each cell alone is right, and so is the notebook from the top."""
    anew = SPLIT.replace(", random_state=0", "")
    run_all(shell, PREPARE, SPLIT, FIT, SPLIT, SCORE)
    assert found(shell) == []
    run_all(shell, anew, FIT, anew, SCORE)
    assert found(shell) == [("NB202", 9)]


def test_a_finding_stands_until_its_score_is_run_again(shell):
    cells = {"a": PREPARE, "b": SCALE, "c": SPLIT, "d": FIT, "e": SCORE}
    for cell_id, cell in cells.items():
        run(shell, cell, cell_id)
    assert found(shell) == [("NB101", 3)]
    mended = {**cells, "b": "X = X.abs()"}
    for cell_id in "abcd":
        run(shell, mended[cell_id], cell_id)
    assert found(shell) == [("NB101", 3)]  # the score that is shown is the spoilt one
    run(shell, mended["e"], "e")
    assert found(shell) == []


def mend(scale="X = X.abs()"):
    return f"{PREPARE}\n{scale}\n{SPLIT}\n{FIT}\n{SCORE}"


def test_a_score_that_another_cell_computed_anew_no_longer_stands(shell):
    """A console tells no cells: the whole is written again, mended, below what it mends."""
    run_all(shell, PREPARE, SCALE, SPLIT, FIT, SCORE)
    assert found(shell) == [("NB101", 3)]
    run(shell, mend())
    assert found(shell) == []
    run(shell, mend(SCALE))
    assert [code for code, _ in found(shell)] == ["NB101"]


def test_a_score_stands_where_only_some_of_it_was_made_anew(shell):
    run_all(shell, PREPARE, SCALE, SPLIT, FIT, SCORE, FIT, SCORE)
    assert found(shell) == [("NB101", 3)]
    run_all(shell, PREPARE, SPLIT, FIT)  # nothing scored: the old score is all there is
    assert found(shell) == [("NB101", 3)]
    run(shell, "model.score(X_train, y_train)")  # another score
    assert ("NB101", 3) in found(shell)


def test_models_tried_in_one_cell_count_as_tried(shell):
    for C in (1, 10, 1):
        cell = FIT.replace("()", f"(C={C})")
        run_all(shell, *([PREPARE, SPLIT] if C == 1 else []))
        run(shell, cell, "fit")
        run(shell, SCORE, "score")
    assert [code for code, _ in found(shell)] == ["NB301"]


def test_a_cell_run_twice_is_told_once(shell):
    for _ in range(3):
        run_all(shell, PREPARE, SCALE, SPLIT, FIT, SCORE)
    assert found(shell) == [("NB101", 13)]


def test_of_a_failed_cell_only_what_was_done_counts(shell):
    run(shell, PREPARE)
    for cell in (f"def fail(): 1 / 0\n{SCALE}\nfail()\nX = 7", "1 +* 1", f"1 / 0\n{SCALE}"):
        with pytest.raises((ZeroDivisionError, SyntaxError)):
            run(shell, cell)
    run_all(shell, SPLIT, FIT, SCORE)
    assert found(shell) == [("NB101", 3)]


def test_what_no_cell_assigned_is_known_by_its_type(shell, tmp_path):
    prepare = f"{PREPARE}\nmodel, scaler = LogisticRegression(), StandardScaler()"
    (tmp_path / "prepare.py").write_text(prepare)
    run_all(shell, "%run prepare.py", "X = scaler.fit_transform(X)", SPLIT)
    run_all(shell, "model.fit(X_train, y_train)", SCORE)
    assert found(shell) == [("NB101", 3)]


def test_objects_that_raise_whatever_is_asked_of_them_do_no_harm(shell):
    run(shell, "class Bad:\n    def __getattr__(self, name): raise RuntimeError\n__builtins__")
    shell.user_ns["bad"] = shell.user_ns["Bad"]()
    run_all(shell, "bad", PREPARE, SCALE, SPLIT, FIT, SCORE)
    assert found(shell) == [("NB101", 5)]


def test_options_choose_what_is_shown(shell):
    run_all(shell, PREPARE, SCALE, SPLIT, FIT, SCORE)
    run_all(shell, FIT.replace("()", "(C=9)"), SCORE + "  # again")
    assert [code for code, _ in found(shell)] == ["NB101", "NB301"]
    assert [code for code, _ in found(shell, "--severity error")] == ["NB101"]
    assert [code for code, _ in found(shell, "--select NB2,NB3")] == ["NB301"]
    assert [code for code, _ in found(shell, "--ignore NB101 --ignore NB3xx")] == []


def test_comments_and_the_projects_configuration_silence(shell, tmp_path):
    run_all(shell, PREPARE, SCALE + "  # nbpipe: ignore[NB101] meant", SPLIT, FIT, SCORE)
    assert found(shell) == []
    run_all(shell, PREPARE, SCALE, SPLIT, FIT, SCORE)
    assert found(shell) == [("NB101", 9)]
    (tmp_path / "pyproject.toml").write_text("[tool.nbpipe]\nignore = ['NB1']\n")
    assert found(shell) == []


def test_a_new_history_is_a_new_session(shell):
    run_all(shell, PREPARE, SCALE, SPLIT, FIT, SCORE)
    shell.reset(new_session=True)
    run_all(shell, "%load_ext nbpipe", PREPARE, SPLIT, FIT, SCORE)
    assert found(shell) == []


def test_what_ran_before_the_extension_was_loaded_counts(shell):
    run_all(shell, "%unload_ext nbpipe", PREPARE, SCALE, SPLIT, FIT, SCORE)
    run(shell, "%load_ext nbpipe")
    assert found(shell) == [("NB101", 4)]


def test_a_table_shows_all_of_a_finding_and_links_its_cells(shell, tmp_path, monkeypatch):
    (tmp_path / "my <leak>.ipynb").touch()
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "my <leak>.ipynb"))
    for cell_id, cell in {"a": PREPARE, "b": SCALE, "c": SPLIT, "d": FIT, "e 1": SCORE}.items():
        run(shell, cell, cell_id)
    told = check(shell)
    shown = told._repr_html_()
    (finding,) = [each.finding for each in told.findings]
    assert '<a href="my%20%3Cleak%3E.ipynb#cell-id=b">In [3], line 1</a>' in shown
    assert '#cell-id=e%201">In [6], line 1</a>' in shown
    assert "<summary>copy the prompt</summary>" in shown
    for text in (
        "error",
        "NB101",
        finding.fix.splitlines()[0],
        "<code>X</code>",
        "%nbpipe explain",
    ):
        assert text in shown
    (tmp_path / "my <leak>.ipynb").rename(tmp_path / "renamed.ipynb")
    assert "href" not in told._repr_html_()


def test_without_findings_it_says_how_much_it_looked_at(shell):
    assert str(check(shell)) == "No findings in the 2 cells run so far."
