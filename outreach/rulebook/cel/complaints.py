"""What CEL says about a condition, in a marketer's words. Its own text (ANTLR's, with a C++ status) is never shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from outreach.rulebook.cel.advice import KINDS
from outreach.rulebook.cel.functions import OURS
from outreach.rulebook.cel.habits import unexpected
from outreach.rulebook.cel.lexer import Token
from outreach.rulebook.cel.problem import ConditionProblem

_LINE: Final = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")
_OVERLOAD: Final = re.compile(r"found no matching overload for '([^']+)' applied to '(.*)'")
_SIGNS: Final = {
    "_==_": "==", "_!=_": "!=", "_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">=", "@in": "in", "_+_": "+", "_-_": "-",
    "_*_": "*", "_/_": "/", "_%_": "%", "_&&_": "&&", "_||_": "||", "!_": "!", "-_": "-",
}  # fmt: skip
_COMPARED: Final = ("==", "!=", "<", "<=", ">", ">=")
TOO_DEEP: Final = ("the condition is too deep or too long", "split it: `when` may be a list of conditions")
#: What CEL says of its macros → what we say.
_MACROS: Final = {
    "has() argument": ("has() asks for one field", "write has(event.total)"),
    "variable name must be": ("the first thing in these brackets is a new name", "write list.exists(x, x > 1)"),
    "must be a simple": ("the first thing in these brackets is a new name", "write list.exists(x, x > 1)"),
    "unsupported syntax": ("this way of writing is not supported", "write has(event.field) to ask for a field"),
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """One of CEL's errors: where (None: nowhere in particular) and its message."""

    at: int | None
    message: str

    @property
    def overload(self) -> tuple[str, list[str]] | None:
        """The function and the types of its arguments, when none of its forms takes these."""
        found = _OVERLOAD.search(self.message)
        return (found[1], _types(found[2])) if found else None

    @property
    def mixes_numbers(self) -> bool:
        """Whether it only minds that a whole number meets a decimal, which conditions allow."""
        function, types = self.overload or ("", [])
        return function in _SIGNS and sorted(types) == ["double", "int"] and function not in ("_%_", "@in")

    @property
    def minds_values(self) -> bool:
        """Whether it is about an operator between two kinds of value, not about a name."""
        function, types = self.overload or ("", [])
        return function in _SIGNS and all(type_ in KINDS for type_ in types)


def complaints(text: str, source: str) -> list[Complaint]:
    """CEL's errors one by one."""
    lines = source.split("\n")
    found = []
    for line, column, message in _LINE.findall(text):
        row = int(line) - 1
        inside = 0 <= row < len(lines)
        at = sum(len(before) + 1 for before in lines[:row]) + int(column) - 1 if inside else None
        found.append(Complaint(at, message))
    return found or [Complaint(None, text)]


def explained(complaint: Complaint, source: str, read: Sequence[Token]) -> ConditionProblem:
    """A complaint as a problem."""
    at = min(complaint.at or 0, len(source))
    token = next((token for token in read if token.at <= at < token.at + len(token.text)), None)
    before = next((token for token in reversed(read) if token.at + len(token.text) <= at), None)
    if token and token.text == "(" and before and before.kind == "name":
        token, at = before, before.at  # a call: CEL notes where its bracket stands
    if "recursion" in complaint.message:
        return ConditionProblem(0, *TOO_DEEP)
    if complaint.overload:
        message, hint = _mismatch(*complaint.overload, source[:at], read)
    elif token is None:
        message = "the condition ends too early"
        hint = f"something is missing after `{before.text}`" if before else ""
        hint = "write the number alone, without %" if before and before.text == "%" else hint
    elif before and before.text == "." and _WORD_HERE.search(complaint.message):
        message, hint = _after_dot(token)
    elif "Syntax error" in complaint.message:
        message, hint = f"`{token.text}` is not expected here", unexpected(token, before, read)
    elif "undeclared reference" in complaint.message:
        message, hint = f"{token.text}() is not called like this", f"write event.field.{token.text}('text')"
    else:
        plain = complaint.message.split(" (in container")[0].split(" [")[0]
        message, hint = next((said for known, said in _MACROS.items() if known in plain), (plain, ""))
        message = f"`{token.text}` is a word of the language" if plain.startswith("reserved") else message
    return ConditionProblem(at, message, hint, text=token.text if token else "")


_WORD_HERE: Final = re.compile("no viable alternative|reserved identifier|extraneous input|mismatched input")


def _after_dot(token: Token) -> tuple[str, str]:
    if token.kind == "name":
        return f"`{token.text}` is a word of the language", f"write event['{token.text}']"
    return f"`{token.text}` can't stand after a dot", "write event.total, or event['total'] without the dot"


def _mismatch(function: str, types: list[str], before: str, read: Sequence[Token]) -> tuple[str, str]:
    kinds = [KINDS.get(type_, type_) for type_ in types]
    sign = _SIGNS.get(function, "")
    if function == "_?_:_":
        return "both results of `? :` must be of the same kind, and before the `?` stands a yes or no", ""
    if sign == "in":
        return f"`in` looks into a list, not into {kinds[-1]}", "write x in ['a', 'b'], or text.contains('part')"
    if sign in ("&&", "||", "!"):
        hint = "write event.field in ['a', 'b']" if "string" in types else "compare each one: event.total > 3"
        return f"`{sign}` stands between conditions, not between values", hint
    if sign and len(kinds) == 2:
        verb = "compare" if sign in _COMPARED else "compute with"
        return f"`{sign}` can't {verb} {kinds[0]} and {kinds[1]}", _meant(sign, types, before, read)
    if sign:
        return f"`{sign}` can't stand before {kinds[0]}", ""
    hint = f"write {OURS[function][1]}" if function in OURS else ""
    return f"{function}() can't take {' and '.join(kinds) or 'nothing'}", hint


def _meant(sign: str, types: list[str], before: str, read: Sequence[Token]) -> str:
    """What to write instead of an operator between these two kinds."""
    if "map" in types:
        return "name one of its fields: event.total"
    if types[0] == "bool" and types[1] != "bool" and sign in _COMPARED:
        negated = re.search(r"!\s*([\w.]+)\s*$", before)
        if negated:
            return f"put what must not hold in brackets: !({negated[1]} {sign} …)"
        signs = [token.text for token in read if token.text in _COMPARED]
        return (
            "compare twice: 5 < x && x < 9" if len(signs) > 1 else "it is yes or no by itself: leave the comparison out"
        )
    times = {"timestamp", "google.protobuf.Timestamp"} & set(types)
    if times and "string" in types:
        return "write timestamp('2026-11-02T00:00:00Z')" if sign in _COMPARED else "write ago('30 days')"
    if times:
        return "compare it with a time, such as ago('30 days')"
    numbers = {"int", "double"} & set(types)
    return "is a number in quotes by mistake, or a text without them?" if numbers and "string" in types else ""


def _types(text: str) -> list[str]:
    """`(int, list(dyn))` → `int`, `list`."""
    found, depth, word = [], 0, ""
    for character in text.strip()[1:-1] + ",":
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            found.append(re.split(r"[(<]", word.strip())[0])
            word = ""
        else:
            word += character
    return [name for name in found if name]
