"""Pipeline -> the plain Python that makes it."""

from __future__ import annotations

import ast
import keyword
from typing import Any

from nbpipe.errors import UsageError
from nbpipe.pipeline.build import build
from nbpipe.pipeline.express import express
from nbpipe.pipeline.layout import wrap
from nbpipe.pipeline.references import Imports
from nbpipe.pipeline.roles import is_estimator
from nbpipe.pipeline.spec import Spec


def to_python(pipeline: Any, *, name: str = "pipeline") -> str:
    """Write the plain Python that makes a pipeline, with the imports that it needs.

    Parameters
    ----------
    pipeline : estimator or Spec
        Built here or elsewhere, fitted or not; what a fit has learned is not written.
    name : str, default="pipeline"
        The variable that the text assigns.

    Returns
    -------
    str
        Running it gives an equal, unfitted pipeline. Parameters at their defaults are left out.

    Raises
    ------
    UsageError
        Where a part cannot be written: the message says which, as ``pipeline.steps[0][1].func``.

    Examples
    --------
    >>> from nbpipe import build, to_python
    >>> print(to_python(build("StandardScaler()")), end="")
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler
    <BLANKLINE>
    pipeline = Pipeline([("standardscaler", StandardScaler())])
    """
    if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
        raise UsageError(f"{name!r} cannot name a variable.")
    value = build(pipeline) if isinstance(pipeline, Spec) else pipeline
    if not is_estimator(value):
        raise UsageError(f"A pipeline is needed here, and this is of type {type(value).__name__}.")
    imports = Imports()
    node = ast.parse(express(value, name, imports), mode="eval").body
    return "\n".join([*imports.lines(), "", *wrap(node, f"{name} = ")]) + "\n"
