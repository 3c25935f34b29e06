"""Import lines for what a fix uses and the user's file does not import yet."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nbpipe.leaks.rules import names

if TYPE_CHECKING:
    from nbpipe.leaks.view import View

NEXT_CELL = "\n\n# next cell:\n"
_OFFERED = {
    "sklearn.compose": "make_column_selector make_column_transformer",
    "sklearn.feature_selection": "SelectFromModel SelectKBest",
    "sklearn.impute": "SimpleImputer",
    "sklearn.model_selection": "GroupKFold GroupShuffleSplit TimeSeriesSplit cross_val_score "
    "train_test_split",
    "sklearn.pipeline": "Pipeline",
    "sklearn.preprocessing": "KBinsDiscretizer MaxAbsScaler MinMaxScaler OneHotEncoder "
    "OrdinalEncoder PowerTransformer QuantileTransformer RobustScaler StandardScaler TargetEncoder",
}
_HOME = {name: module for module, offered in _OFFERED.items() for name in offered.split()}
_PLAIN = {"imblearn": "import imblearn.pipeline", "nbpipe": "import nbpipe"}


def added(view: View, fix: str) -> str:
    """Return a fix with the import lines that it needs; a build cell needs none."""
    cell, parted, code = fix.rpartition(NEXT_CELL)
    if code.startswith("%%"):
        return fix
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return fix
    used = {each.id for each in ast.walk(tree) if isinstance(each, ast.Name)}
    missing = used - names.imported(view) - names.modules(tree)
    lines = [line for name, line in _PLAIN.items() if name in missing]
    for module in _OFFERED:
        wanted = sorted(name for name in missing if _HOME.get(name) == module)
        lines += [f"from {module} import {', '.join(wanted)}"] if wanted else []
    return cell + parted + "\n".join([*lines, code])
