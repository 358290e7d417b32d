"""Where CEL's grammar stops: what was probably meant there, by the words around."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from outreach.rulebook.cel.lexer import Token
from outreach.rulebook.cel.spelling import literal

_UNIT: Final = re.compile(r"(?:minute|hour|day|week|month|year)s?")
_MEASURE: Final = re.compile(r"[A-Za-z]{1,12}")


def unexpected(token: Token, before: Token | None, read: Sequence[Token]) -> str:
    """A hint for a word that can't stand where it stands; empty when nothing is known to help."""
    if token.text == "}}" or (before and before.text == "{{"):
        return "write names without {{ }}"
    if token.text in (",", "}"):
        return _comma(token, before, read)
    if token.text == ":" and before and before.kind == "name":
        return f"write a dot: {before.text}.total"
    if before is None:
        return "remove it; the condition begins with a name" if token.kind == "mark" else ""
    if token.text == "!" and before.is_value:
        return "write != for `not equal`, or ! before what must not hold"
    if before.kind == "number" and token.kind == "name":
        after = next((t.text for t in read if t.at >= token.ends), "")
        return _unit(token, before) if after not in (".", "(") else f"is && or == missing before `{token.text}`?"
    if before.kind == token.kind == "text":
        return f"is a , missing before {token.text}?"
    if before.is_value and (token.kind in ("text", "number", "name", "other") or token.text in "(["):
        return f"is && or == missing before `{token.text}`?"
    if before.kind == "mark" and token.kind == "mark":
        return f"a value is missing between `{before.text}` and `{token.text}`"
    return ""


def _comma(token: Token, before: Token | None, read: Sequence[Token]) -> str:
    """A list in the wrong brackets, or in none; a number in thousands; two conditions."""
    behind = [t for t in read if t.at < token.at]
    looks_in = next((i for i in range(len(behind) - 1, -1, -1) if behind[i].text == "in"), None)
    after = next((t for t in read if t.at > token.at), None)
    if looks_in is not None and not any(t.text in ("&&", "||") for t in behind[looks_in:]):
        items = [t for t in read if t.at > behind[looks_in].at and t.kind in ("text", "number", "name")]
        listed = ", ".join(literal(t.text) if t.kind == "name" else t.text for t in items[:6])
        return f"write a list: in [{listed}]"
    if before and after and before.kind == after.kind == "number":
        thousands = len(after.text) == 3 and "." not in before.text
        joined = before.text + after.text if thousands else f"{before.text.replace('.', '')}.{after.text}"
        return f"write the number without a comma: {joined}"
    return "write && between two conditions" if token.text == "," and behind and _compares(behind) else ""


def _compares(read: Sequence[Token]) -> bool:
    return any(token.text in ("==", "!=", "<", ">", "<=", ">=") for token in read)


def _unit(token: Token, before: Token) -> str:
    """`30 days`, `30 EUR`."""
    if _UNIT.fullmatch(token.text):
        return f"put it in quotes: '{before.text} {token.text}', and for a time ago('{before.text} {token.text}')"
    if token.text in ("in", "x"):
        return f"is && or == missing before `{token.text}`?"
    return f"write the number alone: {before.text}" if _MEASURE.fullmatch(token.text) else ""
