"""The words of a condition, to say what is wrong with it: CEL's parser tells what it expected, not what was meant.

Only for messages and for splitting at `&&`; what a condition means is decided by CEL's tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from outreach.rulebook.cel.problem import ConditionProblem

_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
      | (?P<text>[bB]?[rR][bB]?(?:'''(?s:.*?)'''|"{3}(?s:.*?)"{3}|'[^'\n]*'|"[^"\n]*")
        |[bB]?(?:'''(?:\\(?s:.)|[^\\])*?'''|"{3}(?:\\(?s:.)|[^\\])*?"{3}
           |'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"))
      | (?P<number>0[xX][0-9a-fA-F]+[uU]?|(?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?[uU]?)
      | (?P<name>[^\W\d]\w*|`[^`\n]*`)
      | (?P<mark>===|!==|==|!=|<=|>=|=>|=<|<>|&&|\|\||\{\{|\}\}|[-+*/%<>=!?:,.()\[\]{}&|])
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_CLOSES: Final = {")": "(", "]": "[", "}": "{"}
_OPENS: Final = {opening: closing for closing, opening in _CLOSES.items()}
_MARKS: Final = {
    "=": "use == to compare", "===": "use == to compare", "!==": "use != to compare", "=>": "write >=",
    "=<": "write <=", "<>": "write !=", "&": "write && for `and`", "|": "write || for `or`",
}  # fmt: skip
_WORDS: Final = {
    "and": "write && instead", "or": "write || instead", "not": "write ! before what must not hold",
    "is": "write == instead", "true": "write `true`", "false": "write `false`", "none": "write `null`",
    "null": "write `null`", "nil": "write `null`", "undefined": "write `null`",
    "like": "write event.field.contains('text')", "between": "write x >= 1 && x <= 9",
}  # fmt: skip
_QUOTES: Final = "\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb\u00b4"


class Token(NamedTuple):
    """A piece of the source: `kind` is text, number, name, mark or other."""

    kind: str
    text: str
    at: int


def tokens(source: str) -> list[Token]:
    """All but white space and comments."""
    return [
        Token(found.lastgroup or "", found[0], found.start())
        for found in _TOKEN.finditer(source)
        if found.lastgroup != "space"
    ]


def slips(source: str, read: Sequence[Token]) -> Iterator[ConditionProblem]:
    """What people write who come from other languages, and what is left open."""
    between = False
    for token, before in zip(read, [None, *read], strict=False):
        said = _slip(source, token, before)
        low = token.text.lower()
        if (low == "not" and before and before.text.lower() == "is") or (low == "and" and between):
            continue
        between |= low == "between"
        if said:
            yield ConditionProblem(token.at, *said, text=token.text[:40])
            if token.kind == "other" and token.text in "'\"":
                return
    yield from _brackets(read)


def ands(read: Sequence[Token]) -> list[int]:
    """Offsets of each `&&` that stands in no bracket."""
    depth, found = 0, []
    for token in read:
        if token.kind != "mark":
            continue
        depth += sum(character in "([{" for character in token.text)
        depth -= sum(character in ")]}" for character in token.text)
        if depth == 0 and token.text == "&&":
            found.append(token.at)
    return found


def _slip(source: str, token: Token, before: Token | None) -> tuple[str, str] | None:
    if token.kind == "other":
        return _stranger(token.text)
    if token.kind == "mark" and token.text in _MARKS:
        return f"`{token.text}` is not an operator here", _MARKS[token.text]
    if token.kind == "number" and token.text[-1] in "uU":
        return f"`{token.text}` is not a number here", f"write {token.text[:-1]}"
    if token.kind == "text" and "b" in re.split("['\"]", token.text, maxsplit=1)[0].lower():
        return "bytes can't be used in a condition", "write the text without the b before its quote"
    if token.kind == "name" and not token.text.isascii():
        return f"`{token.text}` has a letter that a name can't have after a dot", f"write event['{token.text}']"
    if token.kind == "name" and not (before and before.text == "."):
        low = token.text.lower()
        if low in _WORDS and token.text not in ("true", "false", "null"):
            return f"`{token.text}` can't be used here", _word_hint(source, token, low)
        if low in ("contains", "startswith", "endswith", "matches") and before and before.text != ",":
            return f"`{token.text}` can't stand between two values", f"write event.field.{_CAMEL[low]}('text')"
    return None


_CAMEL: Final = {"contains": "contains", "startswith": "startsWith", "endswith": "endsWith", "matches": "matches"}


def _word_hint(source: str, token: Token, low: str) -> str:
    rest = source[token.at + len(token.text) :].split(None, 2)
    if low == "is" and rest[:1] == ["not"]:
        return "write != instead"
    if low == "not" and rest[:1] == ["in"]:
        return "write !(x in [...])"
    return _WORDS[low]


def _stranger(text: str) -> tuple[str, str]:
    if text in "'\"":
        return f"the quote {text} is opened but never closed", f"close it with {text}"
    if text in _QUOTES:
        return f"`{text}` is a typographic quote", "write a straight quote: '"
    if ord(text) < 32 or not text.isprintable():
        return f"an invisible character (U+{ord(text):04X}) can't be part of a condition", "remove it"
    if text == "`":
        return "the quote ` is opened but never closed", "close it with `"
    return f"`{text}` can't be used here", "text needs quotes: 'text'" if text in "€$£#@" else ""


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
