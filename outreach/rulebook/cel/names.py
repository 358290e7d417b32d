"""Checks each name of a condition against what is known, and notes what the condition needs to be evaluated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from outreach.rulebook.cel.fields import OWN_TYPES, PREVIOUS, Fields, has
from outreach.rulebook.cel.functions import OURS, bad_call
from outreach.rulebook.cel.macros import macro
from outreach.rulebook.cel.problem import ConditionProblem, nearest
from outreach.rulebook.cel.spelling import literal, path, spelled, start
from outreach.rulebook.cel.strangers import ROOTS, field_hint, hyphened, stranger_hint
from outreach.rulebook.cel.tree import Call, Const, Ident, Loop, MapOf, Node, children

_SIDES: Final = ("_==_", "_!=_", "@in")


@dataclass(slots=True)
class Needs:
    """What a condition reads: roots (event, customer, previous, now), event types of the history, open holds."""

    roots: set[str] = field(default_factory=set)
    facts: set[str] = field(default_factory=set)
    open: bool = False


class Checker:
    """Walks one tree. `problems` and `needs` fill up on the way."""

    def __init__(self, source: str, fields: Fields, *, strict: bool):
        self.source, self.fields = source, fields
        self.severity = "error" if strict else "warning"
        self.problems: list[ConditionProblem] = []
        self.needs = Needs()
        self.sides: set[int] = set()  # names beside a comparison: they may be words without their quotes
        self.tags: set[int] = set()  # names that are looked up in a customer's tags: they are

    def walk(self, node: Node, bound: frozenset[str] = frozenset()) -> None:
        """Checks a node and all below; `bound` are the names that macros give."""
        base, fields = path(node)
        match base:
            case Ident(name=name) if name in bound:
                pass
            case Ident():
                self.root(base, fields)
            case Call(function="last", args=(Const(value=str() as type_),)) if fields:
                self.past(base, type_, fields)
                self.walk(base, bound)
            case Loop(names=names):
                self.macro(base)
                self.walk(base.over, bound)
                for inner in base.inner:
                    self.walk(inner, bound | names)
            case _:
                self.other(base, bound)

    def other(self, node: Node, bound: frozenset[str]) -> None:
        """Calls, lists, literals."""
        if isinstance(node, Call):
            bad = list(bad_call(node, self.source))
            if bad:
                self.problems.extend(bad)
                return
            self.call(node)
            if node.function in _SIDES:
                self.sides.update(item.id for item in _words(node))
            if node.function == "@in" and path(node.args[1])[1] == ("tags",):
                self.tags.add(node.args[0].id)
        elif isinstance(node, MapOf) and any(not _is_text(key) for key, _ in node.entries):
            self.say(start(node, self.source), "the names in a record are texts, in quotes", "write {'a': 1}", "{")
        elif isinstance(node, MapOf) and node.name:
            self.say(start(node, self.source), f"`{node.name}{{…}}` can't be used in a condition", "", node.name)
        for child in children(node):
            self.walk(child, bound)

    def root(self, node: Ident, fields: tuple[str, ...]) -> None:
        """A path: `event.total`, `customer.memory.meal`, or a name that is no root at all."""
        name, text = node.name, spelled(node.name, *fields)
        if name not in ROOTS:
            self.stranger(node, name, fields)
            return
        self.needs.roots.add(name)
        if name == "event" and fields:
            self.event(node.at, fields, text)
        elif name == "customer" and fields and not has(fields, self.fields.customer):
            hint = field_hint("customer", fields, self.fields.customer)
            self.say(node.at, f"`{text}` is not a known field of a customer", hint, text, self.severity)
        elif name == "previous" and fields and fields[0] not in PREVIOUS:
            hint = field_hint("previous", fields, PREVIOUS)
            self.say(node.at, f"`{text}` is not known: a step ends with outcome, by and note", hint, text)
        elif name == "now" and fields:
            self.say(node.at, "`now` is a time and has no fields", "write now.getHours(), now.getDayOfWeek() …", text)

    def event(self, at: int, fields: tuple[str, ...], text: str) -> None:
        """`event.total`. Where nothing is known of a type, its data may have any field."""
        if has(fields, self.fields.event):
            return
        if not self.fields.types:
            self.say(at, f"`{text}` is always missing: no event starts this rule", "", text, "warning")
        elif self.fields.unknown:
            for type_ in self.fields.unknown:
                message = f"no fields are known for `{type_}`"
                if not any(problem.message == message for problem in self.problems):
                    self.say(at, message, f"so `{text}` can't be checked", text, "warning")
        else:
            message = f"`{text}` is not a known field of {self.fields.types}"
            begins, whole = hyphened(self.source, at)
            hint = field_hint("event", fields, self.fields.event)
            if begins == at:
                hint = f"a name with a hyphen is written event[{literal(whole.partition('.')[2])}]"
            self.say(at, message, hint, text, self.severity)

    def macro(self, node: Loop) -> None:
        """A loop must be one that code can be written for."""
        try:
            macro(node)
        except ValueError:
            self.say(node.at, "this way of looking through a list is not supported", "write list.exists(x, x > 1)")

    def stranger(self, node: Ident, name: str, fields: tuple[str, ...]) -> None:
        """A name that nothing has; a word with hyphens is one mistake."""
        begins, _ = hyphened(self.source, node.at)
        if begins != node.at and any(problem.offset == begins for problem in self.problems):
            return
        word = node.id in self.sides and not fields
        hint = stranger_hint(name, fields, self.fields, word=word, source=self.source, at=node.at)
        hint = f"text needs quotes: {literal(name)}" if node.id in self.tags and not fields else hint
        text = spelled(name, *fields)
        self.say(node.at, f"`{text}` is not known here", hint, text)

    def say(self, at: int, message: str, hint: str, text: str = "", severity: str = "error") -> None:
        """Notes a problem."""
        self.problems.append(ConditionProblem(at, message, hint, severity, text))

    def past(self, node: Call, type_: str, fields: tuple[str, ...]) -> None:
        """`last('purchase').total`."""
        known, text = self.fields.of_type(type_), spelled(f"last({literal(type_)})", *fields)
        if known is not None and not has(fields, known):
            hint = field_hint(f"last({literal(type_)})", fields, known)
            self.say(start(node, self.source), f"`{type_}` has no known field `{fields[0]}`", hint, text, self.severity)

    def hold(self, node: Call, texts: list[str]) -> None:
        """`open('complant')`: nothing would ever open it."""
        opened = {
            type_.removesuffix(".opened") for type_ in self.fields.known.event_fields if type_.endswith(".opened")
        }
        if texts and opened and texts[0] not in opened | {"complaint"}:
            found = nearest(texts[0], opened | {"complaint"})
            hint = f"did you mean {literal(found)}?" if found else f"declare `{texts[0]}.opened` in fields.yaml"
            message = f"no event `{texts[0]}.opened` is declared or was ever seen"
            self.say(node.args[0].at, message, hint, texts[0], "warning")

    def call(self, node: Call) -> None:
        """Notes what our functions need; an event type that was never seen may still come."""
        texts = [arg.value for arg in node.args if isinstance(arg, Const) and isinstance(arg.value, str)]
        if node.function == "days_since" or (node.function in OURS and OURS[node.function][2] < len(node.args)):
            self.needs.roots.add("now")
        if node.function == "open":
            self.needs.open = True
            self.hold(node, texts)
        if node.function not in ("last", "count", "sum") or not texts:
            return
        type_, known = texts[0], {*self.fields.known.event_fields, *OWN_TYPES}
        self.needs.facts.add(type_)
        if self.fields.known.event_fields and type_ not in known:
            found = nearest(type_, known)
            hint = f"did you mean {literal(found)}?" if found else "it is counted from the first one on"
            self.say(node.args[0].at, f"no event `{type_}` is declared or was ever seen", hint, type_, "warning")
        listed = self.fields.of_type(type_)
        if node.function == "sum" and len(texts) > 1 and listed is not None and not has((texts[1],), listed):
            found = nearest(texts[1], listed)
            hint = f"did you mean {literal(found)}?" if found else ""
            self.say(node.args[1].at, f"`{type_}` has no known field `{texts[1]}`", hint, texts[1], self.severity)


def _is_text(key: Node | None) -> bool:
    return key is None or (isinstance(key, Const) and key.kind == "string")


def _words(node: Call) -> list[Ident]:
    """Names beside `==` or in a list that may be words without their quotes: not one that a text stands against."""
    left, right = node.args
    if node.function == "@in":
        found = [*children(right), right]
    else:
        found = [one for one, other in ((left, right), (right, left)) if not isinstance(other, Const)]
    return [item for item in found if isinstance(item, Ident)]
