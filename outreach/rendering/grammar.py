"""The part of Jinja's language that messages need. What is not listed here is refused when a template is read."""

from __future__ import annotations

from jinja2 import TemplateSyntaxError, nodes
from jinja2.visitor import NodeTransformer

from outreach.rendering.budget import EACH, SMALL

ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.List, nodes.Tuple),
    *(nodes.If, nodes.For, nodes.With, nodes.Assign, nodes.CondExpr),
    *(nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Filter, nodes.Test, nodes.Keyword),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos),
)
WHY_NOT = {
    nodes.Call: "templates can't call anything; there are filters: {{ customer.first_name|title }}",
    nodes.For: "a loop can't call itself: no `recursive`",
    nodes.Concat: "there is no `~`; write {{ a }} {{ b }}, or a + b",
    nodes.Pow: "there is no `**`",
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


class Counting(NodeTransformer):
    """Puts a filter around what every loop runs over, that counts its rounds, and around every list, that keeps it
    small."""

    def visit_For(self, loop: nodes.For) -> nodes.For:
        """A round is as heavy as there are nodes in the loop."""
        inside = (*loop.body, *loop.else_, *([loop.test] if loop.test else ()))
        weight = sum(len(_all(node)) for node in inside)
        self.generic_visit(loop)
        loop.iter = _filtered(loop.iter, EACH, nodes.Const(weight))
        return loop

    def visit_List(self, made: nodes.List | nodes.Tuple) -> nodes.Node:
        """One that is read; names that a loop sets are a tuple too."""
        self.generic_visit(made)
        stored = isinstance(made, nodes.Tuple) and made.ctx != "load"
        return made if stored or not made.items else _filtered(made, SMALL)

    visit_Tuple = visit_List


def counted(tree: nodes.Template) -> nodes.Template:
    """The same template, with its loops and lists held to a measure."""
    counting: nodes.Template = Counting().visit(tree)
    return counting


def _filtered(inner: nodes.Node, name: str, *args: nodes.Expr) -> nodes.Filter:
    environment = inner.environment
    return nodes.Filter(inner, name, list(args), [], None, None, lineno=inner.lineno, environment=environment)


def _all(node: nodes.Node) -> list[nodes.Node]:
    """This node and all beneath it, in the order of the text."""
    found, waiting = [], [node]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting.extend(reversed(list(node.iter_child_nodes())))
    return found
