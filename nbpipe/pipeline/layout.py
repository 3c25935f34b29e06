"""Python expressions as people like to read them: double quotes, wrapped lines."""

from __future__ import annotations

import ast
import io
import tokenize

WIDTH = 88  # columns; what Black and ruff's formatter use
_INDENT = 4


def quoted(text: str) -> str:
    """Write a string literal, in double quotes where that needs no escapes."""
    written = repr(text)
    return f'"{written[1:-1]}"' if written[0] == "'" and '"' not in written else written


def flat(node: ast.expr) -> str:
    """Write an expression on one line, in one normal form."""
    text = ast.unparse(node)
    if "'" not in text or "\n" in text:
        return text
    parts, end = [], 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.STRING and token.string.startswith("'"):
            start = token.start[1]
            parts += [text[end:start], quoted(ast.literal_eval(token.string))]
            end = token.end[1]
    return "".join(parts) + text[end:]


def normal(text: str) -> str:
    """Rewrite the text of an expression in its one normal form."""
    return flat(ast.parse(text, mode="eval").body)


def wrap(node: ast.expr, before: str = "", after: str = "", indent: int = 0) -> list[str]:
    """Write an expression between two texts, over several lines where one would be too long."""
    pad = " " * indent
    line = f"{pad}{before}{flat(node)}{after}"
    if len(line) <= WIDTH:
        return [line]
    if isinstance(node, ast.Call) and _is_chained(node.func):
        *first, last = wrap(node.func.value, before, "", indent)  # type: ignore[attr-defined]
        return [*first, last + line[len(pad) + len(before) + len(flat(node.func.value)) :]]  # type: ignore[attr-defined]
    opening, items, closing = _parts(node)
    if not items:
        return [line]
    if all(isinstance(item, ast.Constant) and not label for label, item in items):
        inner = _fill([flat(item) for _, item in items], indent + _INDENT)
    else:
        inner = [line for label, item in items for line in wrap(item, label, ",", indent + _INDENT)]
    return [f"{pad}{before}{opening}", *inner, f"{pad}{closing}{after}"]


def _is_chained(func: ast.expr) -> bool:
    return isinstance(func, ast.Attribute) and isinstance(func.value, ast.Call)


def _parts(node: ast.expr) -> tuple[str, list[tuple[str, ast.expr]], str]:
    """Split an expression into its opening, its items with their labels, and its closing."""
    match node:
        case ast.Call(func, args, keywords):
            named = [(f"{k.arg}=" if k.arg else "**", k.value) for k in keywords]
            return flat(func) + "(", [("", arg) for arg in args] + named, ")"
        case ast.List(elts):
            return "[", [("", item) for item in elts], "]"
        case ast.Tuple(elts):
            return "(", [("", item) for item in elts], ")"
        case ast.Dict(keys, values):
            labels = [f"{flat(key)}: " if key else "**" for key in keys]
            return "{", list(zip(labels, values, strict=True)), "}"
    return "", [], ""


def _fill(items: list[str], indent: int) -> list[str]:
    """Put as many constants on a line as fit: a list of columns is read as one thing."""
    lines: list[str] = []
    for item in items:
        if lines and len(lines[-1]) + len(item) + 2 <= WIDTH:
            lines[-1] += f" {item},"
        else:
            lines.append(f"{' ' * indent}{item},")
    return lines
