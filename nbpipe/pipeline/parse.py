"""Cell text -> spec. Every line is valid Python, of which very little is accepted.

::

    cell      = { part }
    part      = [ name "=" ] ( estimator | columns ">>" chain )
    estimator = call | name | "passthrough"
    columns   = "numeric" | "categorical" | "rest" | expression
    chain     = "drop" | "passthrough" | estimator { ">>" estimator }
"""

from __future__ import annotations

import ast

from nbpipe.errors import UsageError
from nbpipe.pipeline.source import TOO_DEEP, Source
from nbpipe.pipeline.spec import Expression, Part, Route, Spec, Step

ENDINGS = ("drop", "passthrough")
SELECTORS = ("numeric", "categorical", "rest")

_FORM = "Write `name = Estimator(...)` or `columns >> Estimator(...)`."
_REFUSED_STATEMENTS: dict[type[ast.stmt], str] = {
    ast.Import: "No imports here: import in a cell above; scikit-learn's names need none.",
    ast.ImportFrom: "No imports here: import in a cell above; scikit-learn's names need none.",
    ast.For: "No loops here: a build cell names each step once.",
    ast.While: "No loops here: a build cell names each step once.",
    ast.If: "No conditions here: a build cell names each step once.",
    ast.FunctionDef: "No definitions here: define functions in a module and import them.",
    ast.ClassDef: "No definitions here: define classes in a module and import them.",
    ast.AugAssign: f"A step is named with `=`. {_FORM}",
    ast.AnnAssign: f"A step's name takes no type. {_FORM}",
}
_REFUSED_INSIDE: dict[type[ast.expr], str] = {
    ast.Lambda: "A lambda cannot be exported: define a function in a module and import it.",
    ast.NamedExpr: "`:=` does not belong in a build cell: set the variable in a cell above.",
    ast.Await: "`await` does not belong in a build cell.",
    ast.Yield: "`yield` does not belong in a build cell.",
    ast.YieldFrom: "`yield` does not belong in a build cell.",
}


def parse(text: str) -> Spec:
    """Read a build cell.

    Parameters
    ----------
    text : str
        The body of the cell.

    Returns
    -------
    Spec
        The pipeline as data.

    Raises
    ------
    SpecError
        At the line and column of what is not of the cell language.
    """
    if not isinstance(text, str):
        raise UsageError(f"A build cell is text, and this is {type(text).__name__}.")
    source = Source(text)
    statements = source.statements()
    if not statements:
        raise source.error(f"The cell names no step. {_FORM}")
    try:
        parts = tuple(_part(statement, source) for statement in statements)
    except RecursionError:
        raise source.error(TOO_DEEP) from None
    _refuse_repeated_names(parts, statements, source)
    return Spec(parts, source)


def _part(statement: ast.stmt, source: Source) -> Part:
    match statement:
        case ast.Expr(value):
            return _value(None, value, source)
        case ast.Assign([ast.Name(name)], value):
            if "__" in name:
                message = f"{name!r} cannot name a step: scikit-learn reads `__` as a separator."
                raise source.error(message, statement)
            if name in SELECTORS and not _split(value)[1]:
                message = (
                    f"`{name}` selects columns: write `{name} >> ...`, or choose another name."
                )
                raise source.error(message, statement)
            return _value(name, value, source)
        case ast.Assign():
            raise source.error(f"A step has one plain name. {_FORM}", statement)
    message = _REFUSED_STATEMENTS.get(type(statement), f"This is no step. {_FORM}")
    raise source.error(message, statement)


def _value(name: str | None, value: ast.expr, source: Source) -> Part:
    for node in ast.walk(value):
        if isinstance(node, ast.expr) and type(node) in _REFUSED_INSIDE:
            raise source.error(_REFUSED_INSIDE[type(node)], node)
    source.check(value)
    columns, chain = _split(value)
    if not chain:
        return Step(_estimator(value, source), name)
    return Route(Expression.of(columns), _chain(chain, source), name)


def _split(value: ast.expr) -> tuple[ast.expr, list[ast.expr]]:
    """Take ``columns >> a >> b`` apart, without recursion however long it is."""
    chain: list[ast.expr] = []
    while isinstance(value, ast.BinOp) and isinstance(value.op, ast.RShift):
        chain.insert(0, value.right)
        value = value.left
    return value, chain


def _chain(nodes: list[ast.expr], source: Source) -> tuple[Expression, ...]:
    words = [_ending(node) for node in nodes]
    for node, word in zip(nodes, words, strict=True):
        if word and len(nodes) > 1:
            message = f"`{word}` stands alone after its columns: `columns >> {word}`."
            raise source.error(message, node)
    if words[0]:
        named = ast.copy_location(ast.Name(words[0], ast.Load()), nodes[0])
        return (Expression.of(named),)
    return tuple(_estimator(node, source) for node in nodes)


def _ending(node: ast.expr) -> str | None:
    """Recognise ``drop`` and ``passthrough``, with quotes or without."""
    match node:
        case ast.Name(word) | ast.Constant(word) if word in ENDINGS:
            return str(word)
    return None


def _estimator(node: ast.expr, source: Source) -> Expression:
    match node:
        case ast.Name("drop"):
            message = "`drop` needs the columns that it drops: `columns >> drop`."
            raise source.error(message, node)
        case ast.Name(word) if word in SELECTORS:
            message = f"`{word}` selects columns: `{word} >> Transformer(...)`."
            raise source.error(message, node)
        case ast.Call() | ast.Name() | ast.Attribute():
            return Expression.of(node)
        case ast.BinOp(op=ast.BitOr()):
            message = f"`|` joins nothing here: each route has a line of its own. {_FORM}"
        case ast.BinOp(op=ast.RShift()):
            message = "A chain needs no parentheses: `columns >> a >> b`."
        case ast.Compare():
            message = f"Columns and transformers are joined with `>>`. {_FORM}"
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            message = f"A comprehension is no step. {_FORM}"
        case ast.Tuple():
            message = 'Several columns go into a list: `["a", "b"] >> Transformer(...)`.'
        case ast.Constant(str()) | ast.List():
            message = "Columns alone are no step: `columns >> Transformer(...)`."
        case _:
            message = f"This is no estimator. {_FORM}"
    raise source.error(message, node)


def _refuse_repeated_names(
    parts: tuple[Part, ...], statements: list[ast.stmt], source: Source
) -> None:
    seen: set[str] = set()
    for part, statement in zip(parts, statements, strict=True):
        if part.name in seen:
            message = f"{part.name!r} already names a step above: give this one another name."
            raise source.error(message, statement)
        seen |= {part.name} if part.name else set()
