"""The words of a condition, to say what is wrong with it: CEL's parser tells what it expected, not what was meant.

Only for messages and for splitting at `&&`; what a condition means is decided by CEL's tree.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
      | (?P<text>[bB]?[rR][bB]?(?:'''(?s:.*?)'''|"{3}(?s:.*?)"{3}|'[^'\n]*'|"[^"\n]*")
        |[bB]?(?:'''(?:\\(?s:.)|[^\\])*?'''|"{3}(?:\\(?s:.)|[^\\])*?"{3}
           |'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"))
      | (?P<number>0[xX][0-9a-fA-F]+[uU]?|(?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?[uU]?)
      | (?P<name>[^\W\d]\w*|`[^`\n]*`)
      | (?P<mark>===|!==|==|!=|<=|>=|=>|=<|<>|=~|:=|->|\.\.|&&|\|\||\{\{|\}\}|[-+*/%<>=!?:,.()\[\]{}&|])
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A piece of the source: `kind` is text, number, name, mark or other."""

    kind: str
    text: str
    at: int

    @property
    def ends(self) -> int:
        """The offset after it."""
        return self.at + len(self.text)

    @property
    def is_value(self) -> bool:
        """Whether a value may end with it."""
        return self.kind in ("text", "number", "name", "other") or self.text in (")", "]")


def tokens(source: str) -> list[Token]:
    """All but white space and comments."""
    return [
        Token(found.lastgroup or "", found[0], found.start())
        for found in _TOKEN.finditer(source)
        if found.lastgroup != "space"
    ]


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
