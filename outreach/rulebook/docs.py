"""What stands below a key in the source of its shape: shown by editors, as what the key is for.

Read only when the schema is made. pydantic would read it at every start (`use_attribute_docstrings`): a sixth of it.
"""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise
from textwrap import dedent


def docs_of(shape: type) -> dict[str, str]:
    """Name of the field → the text below it; of its parents' fields too."""
    found: dict[str, str] = {}
    for one in reversed(shape.__mro__):
        if "__annotations__" in vars(one) and one.__module__.startswith("outreach."):
            [body] = ast.parse(dedent(inspect.getsource(one))).body
            assert isinstance(body, ast.ClassDef)
            found |= dict(told for pair in pairwise(body.body) if (told := _told(*pair)) is not None)
    return found


def _told(field: ast.stmt, below: ast.stmt) -> tuple[str, str] | None:
    match field, below:
        case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
            return name, inspect.cleandoc(text)
        case _:
            return None
