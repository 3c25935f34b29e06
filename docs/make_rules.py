"""Write docs/rules/ from the rules' own text; with ``--check``, only tell whether it is current."""

from __future__ import annotations

import sys
from pathlib import Path

from nbpipe.leaks.explain import summary, to_markdown
from nbpipe.leaks.rules.registry import RULES

FOLDER = Path(__file__).parent / "rules"


def pages() -> dict[str, str]:
    """Return each page's text by its name: one a rule, and the table of all."""
    rows = [
        f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.severity} | {summary(rule)} |"
        for rule in RULES
    ]
    table = ["| code | name | severity | |", "|---|---|---|---|", *rows]
    index = "\n".join(["# Rules", "", "`nbpipe explain CODE` prints the same.", "", *table])
    return {"README.md": index} | {f"{rule.code}.md": to_markdown(rule) for rule in RULES}


def main() -> int:
    """Write the pages, or compare them; return 1 where they differ."""
    wanted = {name: text + "\n" for name, text in pages().items()}
    present = {file.name: file.read_text("utf-8") for file in FOLDER.glob("*.md")}
    if "--check" not in sys.argv[1:]:
        FOLDER.mkdir(exist_ok=True)
        for name in present.keys() - wanted.keys():
            (FOLDER / name).unlink()
        for name, text in wanted.items():
            (FOLDER / name).write_text(text, "utf-8")
    elif stale := sorted(
        name for name in wanted | present if wanted.get(name) != present.get(name)
    ):
        print(f"Run `python docs/make_rules.py`: {', '.join(stale)} differ from the rules.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
