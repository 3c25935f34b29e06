"""Make the lessons: each notebook comes from its source, executed and clean.

::

    python make.py             every lesson
    python make.py 00 03       these two
    python make.py --check     name the notebooks that differ from their sources

What an execution leaves by chance (timings, widget state, the version of Python) is dropped, so a
notebook changes only when its source or its results do. Cells keep their counts, 1, 2, 3, ...:
without them, nbval takes an output for one that was never computed.
"""

import argparse
import os
import shutil
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

from nbpipe.lessons.exercise import read

HERE = Path(__file__).resolve().parent
METADATA = {
    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    "language_info": {"name": "python"},
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lesson", nargs="*", help="first characters of its name, as 00")
    parser.add_argument("--check", action="store_true", help="execute nothing; exit 1 if stale")
    args = parser.parse_args()
    sources = [
        path
        for path in sorted((HERE / "source").glob("*.py"))
        if not args.lesson or path.name.startswith(tuple(args.lesson))
    ]
    if args.check:
        stale = [path.stem for path in sources if is_stale(path)]
        raise SystemExit(f"stale, run make.py: {', '.join(stale)}" if stale else 0)
    os.environ |= {"TQDM_DISABLE": "1", "PYTHONHASHSEED": "0"}
    for path in sources:
        print(path.stem, flush=True)
        notebook = build(path)
        shutil.rmtree(HERE / "models" / path.stem[:2], ignore_errors=True)  # what it has exported
        with nothing_solved():
            NotebookClient(
                notebook,
                kernel_name="python3",
                timeout=300,
                record_timing=False,
                coalesce_streams=True,
                resources={"metadata": {"path": str(HERE)}},
            ).execute()
        describe_figures(notebook)
        leave_widgets_out(notebook)
        notebook.metadata = METADATA  # executing adds the version of Python
        nbformat.write(notebook, target(path))


@contextmanager
def nothing_solved():
    """Set one's own progress aside for a while: a reader begins with none."""
    own, aside = HERE / "exercises/.progress.json", HERE / "exercises/.progress.aside"
    if own.exists():
        own.replace(aside)
    try:
        yield
    finally:
        if aside.exists():
            aside.replace(own)


def target(source):
    return HERE / f"{source.stem}.ipynb"


def build(source, *, solved=False):
    """Return the notebook of a source, without outputs; if `solved`, with the exercises solved."""
    notebook = jupytext.read(source, fmt="py:percent")
    notebook.metadata = METADATA
    cells = [part for cell in notebook.cells for part in with_exercise(cell, solved=solved)]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number:02}"
        cell.metadata.pop("lines_to_next_cell", None)  # of interest to the source alone
    notebook.cells = cells
    return notebook


def with_exercise(cell, *, solved):
    """Give the cells for one of the source: `# %% exercise="1.2"` stands for an exercise's two."""
    number = cell.metadata.pop("exercise", None)
    if number is None:
        return [cell]
    (path,) = (HERE / "exercises").glob(f"e{number.replace('.', '_')}_*.py")
    exercise = read(path)
    cell.source = exercise.solution if solved else exercise.start
    check = nbformat.v4.new_code_cell(f"%nbpipe exercise {number}")
    return [cell, check]


def describe_figures(notebook):
    """Give each figure the words of the next cell, "*Figure: ...*", as its alternative text."""
    for cell, following in pairwise(notebook.cells):
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                words = following.source.partition("*Figure: ")[2].partition("*")[0]
                output.metadata["image/png"] = {"alt": " ".join(words.split())}


def leave_widgets_out(notebook):
    """Keep what each widget shows where there are none: its own number differs from run to run."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)


def is_stale(source):
    """Tell whether the cells of the notebook on disk are other than those of its source."""
    if not target(source).exists():
        return True
    shown = nbformat.read(target(source), as_version=4)
    return inputs(shown) != inputs(build(source))


def inputs(notebook):
    return [(cell.id, cell.cell_type, cell.source, cell.metadata) for cell in notebook.cells]


if __name__ == "__main__":
    main()
