"""What an SMS template costs, before it is sent to anybody, and which character makes it dear."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from outreach.errors import Problem
from outreach.ports import SmsLength
from outreach.rendering.files import Part
from outreach.rendering.segments import ALONE, GSM_7, PLAINER, sms_segments, sms_size
from outreach.rendering.speech import place_of, tokens

#: More than so many parts for one message is worth a second thought.
MOST_SEGMENTS = 2
#: So many different characters outside GSM-7 are a slip; more are a language that needs them.
MOST_SLIPS = 3


def length_of(file: str, texts: Iterable[str]) -> SmsLength:
    """What the dearest of these texts costs."""
    found = [(*sms_size(text), text) for text in texts]
    segments, encoding, room, text = max(found, key=lambda size: (size[0], -size[2]))
    return SmsLength(
        file=file, characters=len(text), encoding=encoding, segments=segments, room=room, text=text
    )  # fmt: skip


def about_cost(length: SmsLength, body: Part) -> list[Problem]:
    """Warnings: a character that halves what fits into a part, and more parts than two."""
    found = [_foreign(length, body)] if length.encoding == "UCS-2" else []
    if length.segments > MOST_SEGMENTS:
        said = f"an SMS of {length.characters} characters is sent, and paid, as {length.segments} ({length.encoding})"
        hint = f"{MOST_SEGMENTS} hold {_capacity(length.encoding)} characters"
        found.append(_warning(length.file, body.line, 1, said, body.text.split("\n")[0], hint))
    return [problem for problem in found if problem is not None]


def _foreign(length: SmsLength, body: Part) -> Problem | None:
    """The first character outside GSM-7 that stands in the template; of letters and pictures only if they cost more."""
    places = {char: at for at, char in reversed(list(_characters(body.text))) if char not in GSM_7}
    if len(places) > MOST_SLIPS:
        return None
    alone = "".join(PLAINER.get(c, c if c in GSM_7 else "?") for c in length.text)
    instead, _ = sms_segments(alone)
    char = min(places, key=lambda c: (c not in PLAINER, places[c]), default="")
    if not char:
        char = next(c for c in length.text if c not in GSM_7)
        hint = "it comes with the business's name, phone or address"
        line, column = body.line, 1
    else:
        hint = f"write `{PLAINER[char]}`" if char in PLAINER else ""
        line, column = body.place(*place_of(body.text, places[char]))
    if length.segments == instead and char not in PLAINER:
        return None
    dearer = f", {length.segments} SMS instead of {instead}" if length.segments != instead else ""
    said = f"`{char}` ({_name(char)}) makes this UCS-2: {ALONE['UCS-2']} characters fit, not {ALONE['GSM-7']}{dearer}"
    text = body.text.split("\n")[line - body.line]
    return _warning(length.file, line, column, said, text, hint)


def _characters(text: str) -> list[tuple[int, str]]:
    """Those that may be printed, each with its offset: not what stands in comments."""
    return [
        (at + i, char)
        for at, kind, value in tokens(text)
        if not kind.startswith("comment")
        for i, char in enumerate(value)
    ]


def _capacity(encoding: str) -> int:
    return 2 * (153 if encoding == "GSM-7" else 67)


def _name(char: str) -> str:
    return unicodedata.name(char, f"U+{ord(char):04X}").lower()


def _warning(file: str, line: int, column: int, message: str, text: str, hint: str) -> Problem:
    return Problem(
        file=file, line=line, column=column, message=message, text=text.strip(), hint=hint, severity="warning"
    )
