"""What people write in conditions who come from other languages, from spreadsheets or from a word processor."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from outreach.rulebook.cel.lexer import Token
from outreach.rulebook.cel.problem import ConditionProblem

_CLOSES: Final = {")": "(", "]": "[", "}": "{"}
_OPENS: Final = {opening: closing for closing, opening in _CLOSES.items()}
_MARKS: Final = {
    "=": "use == to compare", "===": "use == to compare", "!==": "use != to compare", "=>": "write >=",
    "=<": "write <=", "<>": "write !=", "&": "write && for `and`", "|": "write || for `or`", ":=": "use == to compare",
    "=~": "write event.field.matches('pattern')", "->": "write a dot: event.total",
    "..": "write one dot; from 1 to 9 is x >= 1 && x <= 9",
}  # fmt: skip
_WORDS: Final = {
    "and": "write && instead", "or": "write || instead", "not": "write ! before what must not hold",
    "is": "write == instead", "true": "write `true`", "false": "write `false`", "none": "write `null`",
    "null": "write `null`", "nil": "write `null`", "undefined": "write `null`",
    "like": "write event.field.contains('text')", "between": "write x >= 1 && x <= 9",
    "if": "leave it out: the condition alone is enough", "then": "leave it out: what is done stands in `steps`",
    "else": "write ! before what must not hold",
}  # fmt: skip
#: Words between two values → the sign.
_BETWEEN: Final = {
    "equals": "==", "equal": "==", "eq": "==", "ne": "!=", "neq": "!=", "greater": ">", "more": ">", "bigger": ">",
    "over": ">", "above": ">", "gt": ">", "ge": ">=", "gte": ">=", "less": "<", "fewer": "<", "smaller": "<",
    "under": "<", "below": "<", "lt": "<", "le": "<=", "lte": "<=", "xor": "!=", "unless": "&& !",
}  # fmt: skip
_SIGNS: Final = {"≥": ">=", "≤": "<=", "≠": "!=", "×": "*", "÷": "/", "–": "-"}
_CAMEL: Final = {"contains": "contains", "startswith": "startsWith", "endswith": "endsWith", "matches": "matches"}
_ESCAPE: Final = re.compile(r"\\(?:[abfnrtv\\?\"'`]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}|(.))")
_QUOTES: Final = "\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb\u00b4"
_MONEY: Final = "€$£"


def slips(source: str, read: Sequence[Token]) -> Iterator[ConditionProblem]:
    """All of them, and what is left open."""
    between = is_said = curly = False
    for token, before in zip(read, [None, *read], strict=False):
        low = token.text.lower()
        if (low == "and" and between) or (is_said and (low in _BETWEEN or low == "not")):
            is_said = False
            continue
        between |= low == "between"
        is_said = low == "is"
        if token.text in _QUOTES and curly:
            continue  # the quotes of a pair are one mistake
        curly |= token.text in _QUOTES
        said = _slip(source, token, before)
        if said:
            yield ConditionProblem(token.at, *said, text=token.text[:40])
            if token.kind == "other" and token.text in "'\"":
                return
    yield from _brackets(read)


def _slip(source: str, token: Token, before: Token | None) -> tuple[str, str] | None:
    if token.kind == "other":
        return _stranger(token, before, source)
    if token.kind == "mark" and token.text in _MARKS:
        return f"`{token.text}` is not an operator here", _MARKS[token.text]
    if token.kind == "number" and token.text[-1] in "uU":
        return f"`{token.text}` is not a number here", f"write {token.text[:-1]}"
    if token.kind == "text":
        return _text(token.text)
    if token.kind == "name" and not token.text.isascii():
        return f"`{token.text}` has a letter that a name can't have after a dot", f"write event['{token.text}']"
    if token.kind == "name" and not (before and before.text == "."):
        return _word(source, token, before)
    return None


def _text(text: str) -> tuple[str, str] | None:
    prefix = re.split("['\"]", text, maxsplit=1)[0].lower()
    if "b" in prefix:
        return "bytes can't be used in a condition", "write the text without the b before its quote"
    wrong = next((found for found in _ESCAPE.finditer(text) if found[1]), None) if "r" not in prefix else None
    if wrong:
        return f"`{wrong[0]}` means nothing in a text", f"write a backslash twice: \\{wrong[0]}"
    return None


def _word(source: str, token: Token, before: Token | None) -> tuple[str, str] | None:
    low = token.text.lower()
    if low in _WORDS and token.text not in ("true", "false", "null"):
        return f"`{token.text}` can't be used here", _word_hint(source, token, before)
    if token.text == "IN":
        return "`IN` can't be used here", "write in, in small letters"
    if before is None or not before.is_value:
        return None
    if low in _CAMEL:
        return f"`{token.text}` can't stand between two values", f"write event.field.{_CAMEL[low]}('text')"
    if low in _BETWEEN:
        return f"`{token.text}` can't be used here", f"write {_BETWEEN[low]} instead"
    return None


def _word_hint(source: str, token: Token, before: Token | None) -> str:
    low = token.text.lower()
    rest = [word.lower() for word in source[token.ends :].split(None, 2)]
    if before is None and low in ("and", "or"):
        return (
            "leave it out: all parts of a list hold together" if low == "and" else "write it to the part before: a || b"
        )
    if low == "is" and rest[:1] == ["not"]:
        return "write != instead"
    if low == "is" and rest and rest[0] in _BETWEEN:
        return f"write {_BETWEEN[rest[0]]} instead"
    if low == "not" and rest[:1] == ["in"]:
        return "write !(x in [...])"
    return _WORDS[low]


def _stranger(token: Token, before: Token | None, source: str) -> tuple[str, str]:
    text = token.text
    if text in "'\"":
        return f"the quote {text} is opened but never closed", f"close it with {text}"
    if text in _QUOTES:
        return f"`{text}` is a typographic quote", "write a straight quote: '"
    if ord(text) < 32 or not text.isprintable():
        return f"an invisible character (U+{ord(text):04X}) can't be part of a condition", "remove it"
    if text == "`":
        return "the quote ` is opened but never closed", "close it with `"
    return f"`{text}` can't be used here", _stranger_hint(token, before, source)


def _stranger_hint(token: Token, before: Token | None, source: str) -> str:
    text, after = token.text, source[token.ends : token.ends + 1]
    if text in _SIGNS:
        return f"write {_SIGNS[text]}"
    if text in _MONEY and (after.isdigit() or (before and before.kind == "number")):
        return "write the number alone"
    if text == "$" and (after.isalpha() or after == "{"):
        return "write names without $"
    if text == ";":
        return "leave it out"
    return "text needs quotes: 'text'" if text in "€$£#@" else ""


def _brackets(read: Sequence[Token]) -> Iterator[ConditionProblem]:
    opened: list[tuple[str, int]] = []
    for token in read:
        if token.kind != "mark" or token.text[0] not in "()[]{}":
            continue
        for at, mark in enumerate(token.text, token.at):
            if mark in _OPENS:
                opened.append((mark, at))
            elif not opened:
                hint = f"remove it or open `{_CLOSES[mark]}`"
                yield ConditionProblem(at, f"`{mark}` closes nothing", hint, text=mark)
                return
            elif (last := opened.pop())[0] != _CLOSES[mark]:
                message = f"`{last[0]}` is closed by `{mark}`"
                yield ConditionProblem(at, message, f"write `{_OPENS[last[0]]}`", text=mark)
                return
    if opened:
        mark, at = opened[-1]
        yield ConditionProblem(at, f"`{mark}` is never closed", f"add `{_OPENS[mark]}`", text=mark)
