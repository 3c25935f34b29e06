"""The text of a cell: read with Python's own parser, pointed at when something is wrong."""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass

from nbpipe.errors import SpecError

TOO_DEEP = "This cell is nested too deeply to be read."
_SHELL_MARKS = ("%", "!", "?")


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a build cell."""

    text: str = ""

    def statements(self) -> list[ast.stmt]:
        """Parse the text; the cell may be indented as a whole."""
        try:
            return ast.parse(textwrap.dedent(self.text)).body
        except SyntaxError as error:
            raise self._syntax_error(error) from None
        except ValueError as error:
            raise self.error(f"Python cannot read this cell: {error}.") from None
        except (RecursionError, MemoryError):
            raise self.error(TOO_DEEP) from None

    def check(self, node: ast.expr) -> None:
        """Refuse what only compiling refuses, as a keyword given twice."""
        try:
            compile(ast.Expression(node), "<build cell>", "eval")
        except SyntaxError as error:
            raise self._syntax_error(error) from None

    def error(self, message: str, node: ast.AST | None = None) -> SpecError:
        """Make the error that points at ``node``, or at the start of the cell."""
        if node is None:
            return self._at(1, 1, message)
        # ast counts columns in bytes of UTF-8, after the common indentation.
        shift = self._indentation()
        line = self._line(node.lineno)[shift:]  # type: ignore[attr-defined]
        before = line.encode()[: node.col_offset].decode(errors="replace")  # type: ignore[attr-defined]
        return self._at(node.lineno, shift + len(before) + 1, message)  # type: ignore[attr-defined]

    def _syntax_error(self, error: SyntaxError) -> SpecError:
        number = min(error.lineno or 1, self.text.count("\n") + 1)
        line = self._line(number)
        if line.lstrip().startswith(_SHELL_MARKS):
            message = (
                "Magics and shell commands do not belong in a build cell: put them in another."
            )
            return self._at(number, len(line) - len(line.lstrip()) + 1, message)
        column = max(error.offset or 1, 1) + self._indentation()
        return self._at(number, column, f"Python cannot read this line: {error.msg}.")

    def _at(self, line: int, column: int, message: str) -> SpecError:
        shown = self._line(line)
        place = f"line {line}, column {column}: "
        return SpecError(place + message, line=line, column=column, source_line=shown)

    def _line(self, number: int) -> str:
        lines = self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return lines[number - 1] if number <= len(lines) else ""

    def _indentation(self) -> int:
        first = next((line for line in self.text.splitlines() if line.strip()), "")
        dedented = next((x for x in textwrap.dedent(self.text).splitlines() if x.strip()), "")
        return len(first) - len(dedented)
