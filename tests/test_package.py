"""What holds for the package as a whole."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import nbpipe

REPOSITORY = Path(__file__).parents[1]


def tracked(*patterns):
    command = ["git", "-C", str(REPOSITORY), "ls-files", "--", *patterns]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [REPOSITORY / line for line in listed.splitlines() if (REPOSITORY / line).is_file()]


@pytest.mark.parametrize("name", nbpipe.__all__)
def test_public_names_load_and_are_documented(name):
    assert getattr(nbpipe, name).__doc__


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'exprot'"):
        nbpipe.exprot  # noqa: B018


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import nbpipe", {"numpy", "pandas", "sklearn", "IPython", "matplotlib"}),
        ("import nbpipe.pipeline.parse", {"numpy", "pandas", "sklearn"}),
        ("import nbpipe; nbpipe.load", {"IPython", "ipywidgets", "matplotlib"}),
        ("import nbpipe; nbpipe.cv", {"IPython", "ipywidgets", "matplotlib"}),
    ],
)
def test_an_import_brings_no_more_than_it_needs(statement, absent):
    code = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not absent & set(done.stdout.split())


def test_nobody_is_told_to_install_a_strangers_package():
    """The index's package called nbpipe is not ours; ours is nbpipe-sklearn."""
    wrong = re.compile(r"pip3? install (-\S+ )*[\"']?nbpipe(?!-sklearn)\b")
    texts = tracked("*.py", "*.md", "*.toml", "*.ipynb", "*.yml", "*.cfg", "binder", ".ci")
    assert texts
    assert not [path for path in texts if wrong.search(path.read_text())]


def test_the_readme_links_to_files_that_exist():
    text = (REPOSITORY / "README.md").read_text()
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert links
    assert not [link for link in links if not (REPOSITORY / link).exists()]


def test_the_oldest_versions_are_the_ones_that_the_project_asks_for():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    asked = dict(re.split(">=", line) for line in project["dependencies"])
    pinned = dict(
        line.split("==")
        for line in (REPOSITORY / "tests/oldest.txt").read_text().splitlines()
        if "==" in line
    )
    for name, version in asked.items():
        assert pinned[name].split(".")[: len(version.split("."))] == version.split("."), name
