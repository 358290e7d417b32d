"""The part of Jinja's language that messages need. What is not listed here is refused when a template is read."""

from __future__ import annotations

from jinja2 import TemplateSyntaxError, meta, nodes

from outreach.rendering.filters import EACH

ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.List, nodes.Tuple),
    *(nodes.If, nodes.For, nodes.With, nodes.Assign, nodes.CondExpr),
    *(nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Filter, nodes.Test, nodes.Keyword),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos),
)
WHY_NOT = {
    nodes.Call: "templates can't call anything; there are filters: {{ customer.first_name|title }}",
    nodes.Concat: "'~' isn't there; write {{ a }} {{ b }}, or a + b",
    nodes.Pow: "'**' isn't there",
    nodes.Include: "templates stand alone: no include",
    nodes.Extends: "templates stand alone: no extends",
    nodes.Import: "templates stand alone: no import",
    nodes.FromImport: "templates stand alone: no import",
    nodes.Macro: "templates have no macros",
    nodes.Scope: "templates can't switch the escaping off",
    nodes.AssignBlock: "a set of several lines isn't there; write {% set x = ... %}",
}


def check(tree: nodes.Template) -> None:
    """Refuse what isn't allowed.

    Raises:
        TemplateSyntaxError: names the first such place.
    """
    line = 1
    for node in _all(tree):
        line = node.lineno or line
        if not _allowed(node):
            raise TemplateSyntaxError(WHY_NOT.get(type(node), f"no {type(node).__name__.lower()} in templates"), line)


def _allowed(node: nodes.Node) -> bool:
    match node:
        case nodes.Call(node=nodes.Name(name="range")) | nodes.Filter() | nodes.Test():
            return not (node.dyn_args or node.dyn_kwargs)
        case nodes.For():
            return not node.recursive
        case _:
            return isinstance(node, ALLOWED)


def counted(tree: nodes.Template) -> nodes.Template:
    """The same template, with every loop running over a filter that counts its rounds."""
    for loop in tree.find_all(nodes.For):
        loop.iter = nodes.Filter(loop.iter, EACH, [], [], None, None, lineno=loop.lineno, environment=tree.environment)
    return tree


def names(tree: nodes.Template, there: set[str]) -> dict[str, int]:
    """The names that the data must have, each with the line where it is first used; `customer.x` one level deep.

    A name that the template itself asks about (`is defined`) may be missing.
    """
    wanted = meta.find_undeclared_variables(tree) - there - _asked_about(tree)
    found: dict[str, int] = {}
    for node in _all(tree):
        if isinstance(node, nodes.Name) and node.name in wanted:
            found.setdefault(node.name, node.lineno)
        if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name in wanted:
            found.setdefault(f"{node.node.name}.{node.attr}", node.lineno)
    return found


def _asked_about(tree: nodes.Template) -> set[str]:
    tests = (test for test in tree.find_all(nodes.Test) if test.name in {"defined", "undefined"})
    return {test.node.name for test in tests if isinstance(test.node, nodes.Name)}


def _all(node: nodes.Node) -> list[nodes.Node]:
    """This node and all beneath it, in the order of the text."""
    found, waiting = [], [node]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting.extend(reversed(list(node.iter_child_nodes())))
    return found
