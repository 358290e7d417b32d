"""Comparisons that CEL lets pass and that are never true: a wrong outcome, a whole list, a span of time as a text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from outreach.core.follow_up import ENDED, OUTCOMES
from outreach.core.span import MomentError, parse_span
from outreach.rulebook.cel.problem import ConditionProblem, nearest
from outreach.rulebook.cel.spelling import literal, path, start, written
from outreach.rulebook.cel.tree import Call, Const, Ident, ListOf, Node, Select

#: What a step can end with.
_ENDS: Final = OUTCOMES | ENDED | {"unknown"}
_SIGNS: Final = {"_==_": "==", "_!=_": "!=", "_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">=", "@in": "in"}


def never_true(node: Call, source: str, severity: str) -> Iterator[ConditionProblem]:
    """What this one comparison (or call) has of that; `severity` for what is certainly wrong."""
    yield from (replace(p, severity=severity) if p.severity == "error" else p for p in _found(node, source))


def _found(node: Call, source: str) -> Iterator[ConditionProblem]:
    if node.function == "days_since" and len(node.args) == 1:
        yield from _days_since(node, source)
    sign = _SIGNS.get(node.function, "")
    if not sign or len(node.args) != 2:
        return
    left, right = node.args
    for side, other in ((left, right), (right, left)):
        yield from _outcome(side, other, source)
        if sign in ("==", "!=") and isinstance(other, ListOf) and other.items and isinstance(side, Select):
            hint = f"write {written(side)} in […] if one of them is enough"
            if _is(side, "customer", "tags"):
                hint = f"write {_first(other)} in customer.tags"
            yield ConditionProblem(node.at, f"`{sign}` compares with the whole list", hint, "warning", sign)
        if sign not in ("in", "==", "!=") and (span := _span(other)):
            hint = f"write ago({literal(span)})"
            yield ConditionProblem(other.at, f"{literal(_text(other))} is a text, not a time", hint, text=_text(other))
    if sign == "in" and isinstance(right, ListOf):
        yield from _in_list(left, right, source)


def _in_list(left: Node, right: ListOf, source: str) -> Iterator[ConditionProblem]:
    if not right.items:
        yield ConditionProblem(right.at, "nothing is in an empty list", "write ['a', 'b']", "warning", "[]")
    elif _is(left, "customer", "tags"):
        hint = f"write {_first(right)} in customer.tags, with || between several"
        yield ConditionProblem(start(left, source), "`customer.tags` is a list itself", hint, text="customer.tags")


def _first(listed: ListOf) -> str:
    return next((literal(item.value) for item in listed.items if isinstance(item, Const)), "'vip'")


def _outcome(side: Node, other: Node, source: str) -> Iterator[ConditionProblem]:
    """`previous.outcome == 'no answer'`, `previous == 'no_answer'`."""
    given = other.items if isinstance(other, ListOf) else (other,)
    texts = [item for item in given if isinstance(item, Const) and isinstance(item.value, str)]
    if isinstance(side, Ident) and side.name == "previous" and texts:
        hint = "name its outcome: previous.outcome"
        yield ConditionProblem(side.at, "`previous` is the step before, not what came of it", hint, text="previous")
    if not _is(side, "previous", "outcome"):
        return
    for item in texts:
        value = str(item.value)
        if value not in _ENDS:
            meant = nearest(value.replace(" ", "_"), _ENDS)
            hint = f"did you mean {literal(meant)}?" if meant else f"there are {', '.join(sorted(OUTCOMES))} and sent"
            yield ConditionProblem(item.at, f"no step ends with the outcome {literal(value)}", hint, text=value)


def _days_since(node: Call, source: str) -> Iterator[ConditionProblem]:
    arg = node.args[0]
    if isinstance(arg, Call) and arg.function == "last":
        hint = f"write days_since({written(arg) or 'last(…)'}.time)"
        yield ConditionProblem(start(arg, source), "days_since() needs a time, not an event", hint, text=written(arg))
    elif isinstance(arg, Const) and isinstance(arg.value, str) and not arg.value[:1].isdigit():
        hint = f"write days_since(last({literal(arg.value)}).time), or days_since(event.time)"
        yield ConditionProblem(arg.at, "days_since() needs a time, not a text", hint, text=arg.value)


def _is(node: Node, root: str, field: str) -> bool:
    base, fields = path(node)
    return isinstance(base, Ident) and base.name == root and fields == (field,)


def _text(node: Node) -> str:
    return str(node.value) if isinstance(node, Const) else ""


def _span(node: Node) -> str:
    """`30 days` for the text `30 days ago`; empty for any other value."""
    if not (isinstance(node, Const) and isinstance(node.value, str)) or not node.value[:1].isdigit():
        return ""
    text = node.value.removesuffix(" ago").strip()
    if " " not in text:
        return ""
    try:
        parse_span(text)
    except MomentError:
        return ""
    return text
