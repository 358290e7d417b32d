"""What CEL says about a condition, in a marketer's words. Its own text (ANTLR's, with a C++ status) is never shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from outreach.rulebook.cel.advice import KINDS
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
        message, hint = _mismatch(*complaint.overload)
    elif token is None:
        message, hint = "the condition ends too early", f"something is missing after `{before.text}`" if before else ""
    elif "no viable alternative" in complaint.message and before and before.text == ".":
        message, hint = f"`{token.text}` is a word of the language", f"write event['{token.text}']"
    elif "Syntax error" in complaint.message:
        message, hint = f"`{token.text}` is not expected here", _missing(token, before)
    else:
        plain = complaint.message.split(" (in container")[0].split(" [")[0]
        message, hint = next((said for known, said in _MACROS.items() if known in plain), (plain, ""))
    return ConditionProblem(at, message, hint, text=token.text if token else "")


def _missing(token: Token, before: Token | None) -> str:
    values = ("text", "number", "name", "other")
    if before and (before.kind in values or before.text in ")]") and (token.kind in values or token.text in "(["):
        return f"is && or == missing before `{token.text}`?"
    if token.text == "}}" or (before and before.text == "{{"):
        return "write names without {{ }}"
    if before and before.kind == "mark" and token.kind == "mark":
        return f"a value is missing between `{before.text}` and `{token.text}`"
    return ""


def _mismatch(function: str, types: list[str]) -> tuple[str, str]:
    kinds = [KINDS.get(type_, type_) for type_ in types]
    sign = _SIGNS.get(function, "")
    if function == "_?_:_":
        return "both results of `? :` must be of the same kind, and before the `?` stands a yes or no", ""
    if sign == "in":
        return f"`in` looks into a list, not into {kinds[-1]}", "write x in ['a', 'b'], or text.contains('part')"
    if sign in ("&&", "||", "!"):
        return f"`{sign}` stands between conditions, not between values", "compare each one: event.total > 3"
    if sign and len(kinds) == 2:
        verb = "compare" if sign in _COMPARED else "compute with"
        return f"`{sign}` can't {verb} {kinds[0]} and {kinds[1]}", _meant(types)
    if sign:
        return f"`{sign}` can't stand before {kinds[0]}", ""
    return f"{function}() can't take {' and '.join(kinds) or 'nothing'}", ""


def _meant(types: list[str]) -> str:
    if "map" in types:
        return "name one of its fields: event.total"
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
