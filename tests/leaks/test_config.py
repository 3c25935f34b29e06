"""``[tool.nbpipe]`` in pyproject.toml."""

from __future__ import annotations

import pytest

from nbpipe.errors import UsageError
from nbpipe.leaks.config import Settings, settings_for
from nbpipe.leaks.rules.registry import RULES

CODE = RULES[0].code


def write(folder, table):
    (folder / "pyproject.toml").write_text(f"[tool.nbpipe]\n{table}\n")


def test_everything_that_can_be_configured_is_read(tmp_path):
    table = f"select = ['{CODE[:3]}']\nignore = ['{CODE}']\nexclude = ['drafts']\n"
    write(tmp_path, table + "paths = ['notebooks']\nfail-on = 'note'")
    assert settings_for([tmp_path]) == Settings(
        select=(CODE[:3],),
        ignore=(CODE,),
        exclude=("drafts",),
        paths=("notebooks",),
        fail_on="note",
        folder=tmp_path,
    )


def test_the_nearest_file_with_the_table_counts(tmp_path):
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    write(tmp_path, "fail-on = 'never'")
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.other]\n")
    assert settings_for([inner / "x.py"]).fail_on == "never"
    write(inner, "fail-on = 'review'")
    assert settings_for([inner / "x.py"]).fail_on == "review"
    assert settings_for([inner / "x.py", tmp_path / "y.py"]).fail_on == "never"


def test_without_a_file_the_defaults_hold(tmp_path):
    assert settings_for([tmp_path]) == Settings()


def test_nothing_to_check_means_this_folder(tmp_path, monkeypatch):
    write(tmp_path, "fail-on = 'never'")
    monkeypatch.chdir(tmp_path)
    assert settings_for([]).fail_on == "never"


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("selct = ['NB1']", "there is no `selct`. Did you mean 'select'?"),
        ("folder = 'x'", "there is no `folder`."),
        ("select = 'NB1'", "`select` is a list of strings"),
        ("exclude = [1]", "`exclude` is a list of strings"),
        ("fail-on = 'eror'", "not `eror`. Did you mean 'error'?"),
        ("fail-on = ['error']", "fail-on is note, review, error, never"),
        ("ignore = ['QX1']", "There is no rule `QX1`."),
        ("select = ['']", "A rule is missing"),
        ("ignore = ['X']", "There is no rule `X`."),
        ("select = [", "is not TOML"),
    ],
)
def test_what_makes_no_sense_is_told_with_the_file(table, told, tmp_path):
    write(tmp_path, table)
    with pytest.raises(UsageError) as raised:
        settings_for([tmp_path])
    assert told in str(raised.value)
    assert str(tmp_path / "pyproject.toml") in str(raised.value)


@pytest.mark.parametrize("text", ["tool = 3 # tool.nbpipe", "[tool]\nnbpipe = 3 # tool.nbpipe"])
def test_a_table_that_is_none_is_told(text, tmp_path):
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(UsageError, match="it is a table"):
        settings_for([tmp_path])


def test_families_are_codes_cut_short():
    settings = Settings(select=(f"{CODE[:3]}xx",), ignore=(CODE.lower(),))
    assert not settings.wants(CODE)
    other = next(
        rule.code for rule in RULES if rule.code.startswith(CODE[:3]) and rule.code != CODE
    )
    assert settings.wants(other)
    assert not settings.wants("NB999")
    assert Settings().wants("NB999")
