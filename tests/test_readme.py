"""The README's tour, run as it is written, in a real kernel."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from nbpipe.cli.main import main

REPOSITORY = Path(__file__).parents[1]


@pytest.mark.slow
def test_the_two_minute_tour_does_what_it_says(tmp_path):
    text = (REPOSITORY / "README.md").read_text()
    tour = text[text.index("## Two minutes") : text.index("## Leaks that")]
    blocks = re.findall(r"```python\n(.*?)```", tour, re.DOTALL)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(b) for b in blocks])
    (tmp_path / "notebooks").symlink_to(REPOSITORY / "notebooks")
    NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        allow_errors=True,
        resources={"metadata": {"path": tmp_path}},
    ).execute()
    last = [cell.outputs[-1] if cell.outputs else None for cell in notebook.cells]
    errors = [out.ename for out in last if out is not None and out.output_type == "error"]
    assert errors == ["SchemaError"]
    assert last[-1].output_type == "error"
    assert "TimeSeriesSplit" in last[2].data["text/plain"]
    assert "no better" not in last[2].data["text/plain"].lower()
    assert (tmp_path / "models/late/1.0.0/manifest.json").exists()
    assert last[4].data["text/plain"].startswith("array([[")


def test_the_check_says_what_the_readme_says(tmp_path, monkeypatch, capsys):
    text = (REPOSITORY / "README.md").read_text()
    part = text[text.index("## Leaks that") : text.index("## The verbs")]
    script, answer = re.findall(r"```(?:python|text)\n(.*?)```", part, re.DOTALL)
    (tmp_path / "churn.py").write_text(script)
    monkeypatch.chdir(tmp_path)
    assert main(["check", "churn.py"]) == 1
    assert capsys.readouterr().out == answer
