"""Tab completion behind %nbpipe, as IPython asks for it."""

import pytest
from IPython.core.completer import provisionalcompleter

from shells import BUILD, run


def complete(shell, text):
    with provisionalcompleter():
        return [(c.text, text[c.start :]) for c in shell.Completer.completions(text, len(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%nbpipe b", ("build", "b")),
        ("%%nbpipe b", ("build", "b")),
        ("report = %nbpipe c", ("cv", "c")),
        ("x = 1\nreport = %nbpipe mod", ("models", "mod")),
        ("%nbpipe models ver", ("verify", "ver")),
        ("%nbpipe cv la", ("late", "la")),
        ("%nbpipe cv late X y --ti", ("--time", "--ti")),
        ("%nbpipe cv late X y --time sch", ("sched_dep", "sch")),
        ("%nbpipe cv late X y --scoring f1,roc_a", ("roc_auc", "roc_a")),
        ("%nbpipe cv late X y --time sched_dep --h", ("--help", "--h")),
        ("%%nbpipe build late --c", ("--code", "--c")),
        ("%nbpipe export late ", ("X", "")),
        ("%nbpipe cv late X y --cv Strat", ("StratifiedKFold", "Strat")),
        ("%nbpipe wa", ("watch", "wa")),
        ("%nbpipe watch o", ("off", "o")),
        ("%nbpipe watch on --severity e", ("error", "e")),
        ("%nbpipe explain NB1", ("NB102", "NB1")),
        ("%nbpipe check --select NB101,NB2", ("NB202", "NB2")),
        ("%nbpipe check --data ", ("X", "")),
        ("%nbpipe check --data X X ", ("y", "")),
        ("%nbpipe check --data X X --time sch", ("sched_dep", "sch")),
        ("%%nbpipe check --ig", ("--ignore", "--ig")),
    ],
)
def test_it_offers(shell, text, expected):
    run(shell, BUILD)
    assert expected in complete(shell, text)


@pytest.mark.parametrize(
    ("text", "unwanted"),
    [
        ("%nbpipe cv late X y --n-splits ", "X"),
        ("nbpipe b", "build"),
        ("# %nbpipe b", "build"),
        ("%nbpipe nonsense --t", "--time"),
    ],
)
def test_it_stays_quiet(shell, text, unwanted):
    assert unwanted not in {name for name, _ in complete(shell, text)}


def test_an_option_given_is_not_offered_again(shell):
    offered = {name for name, _ in complete(shell, "%nbpipe cv late X y --gap 2 --")}
    assert "--gap" not in offered
    assert "--time" in offered


def test_paths_are_folders_and_nothing_else(shell, tmp_path):
    (tmp_path / "models/late").mkdir(parents=True)
    (tmp_path / "models/late.txt").touch()
    assert complete(shell, "%nbpipe load models/l") == [("models/late/", "models/l")]


def test_what_can_be_checked_is_offered_and_nothing_else(shell, tmp_path):
    (tmp_path / "work").mkdir()
    for name in ("what.ipynb", "work.py", "work.csv"):
        (tmp_path / name).touch()
    offered = {name for name, _ in complete(shell, "%nbpipe check what.ipynb w")}
    assert offered == {"work/", "what.ipynb", "work.py"}
