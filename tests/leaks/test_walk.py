"""Which files are checked."""

from __future__ import annotations

import os

import pytest

from nbpipe.leaks.config import Settings
from nbpipe.leaks.walk import find_files


def make(folder, *names):
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")


def found(folder, paths=None, **settings):
    files, skipped, _ = find_files(paths or [folder], Settings(folder=folder, **settings))
    assert skipped == []
    return [file.relative_to(folder).as_posix() for file in files]


def test_folders_are_walked_in_order_for_notebooks_and_scripts(tmp_path):
    make(tmp_path, "b.py", "a.ipynb", "c/d.py", "c/notes.md", "x.csv")
    assert found(tmp_path) == ["a.ipynb", "b.py", "c/d.py"]


def test_what_is_not_the_authors_is_left_out(tmp_path):
    make(tmp_path, "a.py", ".ipynb_checkpoints/a-checkpoint.ipynb", ".git/x.py", "venv/x.py")
    make(tmp_path, "node_modules/x.py", "__pycache__/x.py", ".hidden/x.py", ".x.py")
    make(tmp_path, "my_env/pyvenv.cfg", "my_env/lib/x.py", "lib/site-packages/x.py")
    assert found(tmp_path) == ["a.py"]


def test_a_file_asked_for_by_name_is_checked_whatever_it_is_called(tmp_path):
    make(tmp_path, ".hidden/x.py", "train", "OLD.PY")
    paths = [tmp_path / ".hidden" / "x.py", tmp_path / "train", tmp_path / "OLD.PY"]
    assert found(tmp_path, paths) == [".hidden/x.py", "train", "OLD.PY"]


def test_a_file_that_is_called_something_else_is_not_taken_for_python(tmp_path):
    make(tmp_path, "notes.txt")
    files, skipped, warnings = find_files([tmp_path / "notes.txt"], Settings())
    assert (files, warnings) == ([], [])
    assert skipped == [
        (
            str(tmp_path / "notes.txt"),
            "It is called neither a notebook (.ipynb) nor a script (.py).",
        )
    ]


def test_a_folder_without_anything_to_check_is_told(tmp_path):
    make(tmp_path, "docs/a.md", "src/a.py", "drafts/b.py")
    paths = [tmp_path / "docs", tmp_path / "src", tmp_path / "drafts"]
    settings = Settings(folder=tmp_path, exclude=("drafts/*",))
    files, _, warnings = find_files(paths, settings)
    assert files == [tmp_path / "src" / "a.py"]
    assert [each.path for each in warnings] == [str(paths[0]), str(paths[2])]


def test_each_file_is_checked_once(tmp_path):
    make(tmp_path, "a.py")
    assert found(tmp_path, [tmp_path, tmp_path / "a.py", tmp_path]) == ["a.py"]


@pytest.mark.parametrize(
    ("glob", "left"),
    [
        ("drafts", ["a.py", "c/d.py"]),
        ("drafts/", ["a.py", "c/d.py"]),
        ("drafts/*", ["a.py", "c/d.py"]),
        ("*/d.py", ["a.py", "drafts/b.py"]),
        ("a.py", ["c/d.py", "drafts/b.py"]),
        ("c/d.py", ["a.py", "drafts/b.py"]),
    ],
)
def test_exclude_takes_globs_of_paths_and_names(glob, left, tmp_path):
    make(tmp_path, "a.py", "c/d.py", "drafts/b.py")
    assert found(tmp_path, exclude=(glob,)) == left


def test_exclude_holds_for_files_asked_for_by_name(tmp_path):
    """As a pre-commit hook asks."""
    make(tmp_path, "drafts/b.py")
    assert found(tmp_path, [tmp_path / "drafts" / "b.py"], exclude=("drafts",)) == []


def test_links_in_a_circle_end(tmp_path):
    make(tmp_path, "a/x.py")
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere.py")
    assert found(tmp_path) == ["a/x.py"]


def test_a_pipe_is_no_script(tmp_path):
    os.mkfifo(tmp_path / "x.py")
    assert found(tmp_path) == []


def test_what_is_not_there_is_skipped_with_a_reason(tmp_path):
    make(tmp_path, "train.py")
    _, skipped, _ = find_files([tmp_path / "trian.py"], Settings())
    reason = "There is no such file or folder. Did you mean 'train.py'?"
    assert skipped == [(str(tmp_path / "trian.py"), reason)]
