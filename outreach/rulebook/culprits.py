"""Where the trouble began: YAML's parser notices a missing colon or space a line or more after it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from outreach.rulebook.places import short

#: What is wrong, the column (from 0) in that line, and what to write.
Slip = tuple[str, int, str]

_KEY: Final = re.compile(r"\s*(?:- +)*(?:[^\s#'\"][^:#]*|'[^']*'|\"[^\"]*\"):(?:\s|$)")
_GLUED: Final = re.compile(r"([ \t]*(?:- +)*)([A-Za-z_][\w-]*):(?=\S)")
_EQUALS: Final = re.compile(r"([ \t]*(?:- +)*)([A-Za-z_][\w-]*) *=(?!=) *(.*)")
_WORD: Final = re.compile(r"([ \t]*(?:- +)*)([A-Za-z_][\w-]*)(?: +(.*))?")
_ODD_SPACE: Final = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_WIDE_COLON: Final = "\uff1a"
COPIED: Final = "write it again; it came with a copied text"


def slip_in(line: str) -> Slip:
    """What keeps this line from being `key: value`.

    >>> slip_in("  priority = 70")
    ('`priority` is followed by `=`, not by `:`', 11, 'write `priority: 70`')
    """
    odd = _ODD_SPACE.search(line)
    if odd and not line[: odd.start()].strip():
        return "the indentation has a space that is no plain one", odd.start(), COPIED
    if odd and line[: odd.start()].endswith(":"):
        return "the space after `:` is no plain one", odd.start(), COPIED
    if _WIDE_COLON in line:
        at = line.index(_WIDE_COLON)
        hint = f"write `{short(line[:at].strip())}: {short(line[at + 1 :].strip())}`"
        return f"`{_WIDE_COLON}` is the colon of another script", at, hint
    glued = _GLUED.match(line)
    if glued:
        hint = f"write `{glued[2]}: {short(line[glued.end() :].strip())}`"
        return f"a space is missing after `{glued[2]}:`", glued.end(), hint
    equals = _EQUALS.match(line)
    if equals:
        at = line.index("=", len(equals[1]))
        return f"`{equals[2]}` is followed by `=`, not by `:`", at, f"write `{equals[2]}: {short(equals[3])}`"
    return _without_colon(line)


def _without_colon(line: str) -> Slip:
    word = _WORD.fullmatch(line.rstrip())
    said = f"a `:` is missing in `{short(line.strip())}`"
    if word is None:
        return said, len(line) - len(line.lstrip()), "write `key: value`"
    return said, word.end(2), f"write `{word[2]}:{' ' + short(word[3]) if word[3] else ''}`"


def blame(lines: Sequence[str], index: int, column: int) -> tuple[int, Slip] | None:
    """Why a `:` at this place came as a surprise: the line to blame (from 0) and its slip. None when it is the text of
    that line itself, such as `about: Ask: how is it`."""
    if re.search(r":\s", lines[index][:column]):
        return None
    above = [i for i in range(index - 1, -1, -1) if lines[i].strip() and not lines[i].lstrip().startswith("#")]
    blamed = index
    for i in above:
        if _KEY.match(lines[i]) and not _ODD_SPACE.search(lines[i]):
            break
        blamed = i
    if blamed != index:
        return blamed, slip_in(lines[blamed])
    if not above:
        return None
    here, there = lines[index].strip(), lines[above[0]].strip()
    said = f"`{short(here)}` is indented further than `{short(there)}`, which has its value already"
    hint = f"line it up with `{short(there.lstrip('- ').partition(':')[0])}`"
    return index, (said, len(lines[index]) - len(lines[index].lstrip()), hint)


def in_brackets(line: str, opened: int, noticed: int) -> Slip:
    """What is wrong between the bracket that opened there and the place where the parser noticed it."""
    bracket, found = line[opened : opened + 1], line[noticed : noticed + 1]
    if found in ("]", "}"):
        closing = {"[": "]", "{": "}"}.get(bracket, "")
        return f"`{bracket}` is closed by `{found}`", noticed, f"write `{closing}`"
    word = re.search(r"[^\s,{}\[\]]*\s*$", line[:noticed])
    at = word.start() if word and found == ":" else noticed
    said = f"a `,` is missing before `{short(line[at:])}`"
    return said, at, "write one between two items; put a text with `: ` in quotes"
