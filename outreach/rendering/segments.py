"""How many SMS a text costs. One character outside GSM-7 makes the whole text UCS-2, and each part half as long."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Encoding = Literal["GSM-7", "UCS-2"]

# 3GPP TS 23.038, 6.2.1: the default alphabet (one septet each) and its extension table (an escape before it: two).
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")

# A part of several gives up 6 bytes to say which part it is.
ALONE = {"GSM-7": 160, "UCS-2": 70}
PART = {"GSM-7": 153, "UCS-2": 67}


GSM_7 = BASIC | EXTENSION

#: What word processors put in place of what everybody has on the keyboard.
PLAINER = {
    "‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "…": "...", "\xa0": " ", "\xb4": "'",
    "`": "'", "•": "-", "·": "-", "×": "x", "\u2009": " ", "\u202f": " ", "\t": " ",
}  # fmt: skip


def sms_segments(text: str) -> tuple[int, Encoding]:
    """The number of SMS that `text` is sent as, and their encoding. An empty text is sent as none."""
    segments, encoding, _ = sms_size(text)
    return segments, encoding


def sms_size(text: str) -> tuple[int, Encoding, int]:
    """As `sms_segments`, and how much room is left until it costs one more: in septets, or in UTF-16 units."""
    if len(text) <= ALONE["GSM-7"] and BASIC.issuperset(text):  # nearly every text
        return (1 if text else 0), "GSM-7", ALONE["GSM-7"] - len(text)
    encoding: Encoding = "GSM-7" if GSM_7.issuperset(text) else "UCS-2"
    widths = [_width(character, encoding) for character in text]
    if sum(widths) <= ALONE[encoding]:
        return (1 if text else 0), encoding, ALONE[encoding] - sum(widths)
    parts, left = _parts(widths, PART[encoding])
    return parts, encoding, left


def _width(character: str, encoding: Encoding) -> int:
    """In septets, or in UTF-16 units."""
    if encoding == "GSM-7":
        return 2 if character in EXTENSION else 1
    return 2 if ord(character) > 0xFFFF else 1


def _parts(widths: Iterable[int], room: int) -> tuple[int, int]:
    """How many, and the room left in the last. No character is torn in two: one that doesn't fit any more begins the
    next part."""
    parts, left = 0, 0
    for width in widths:
        if width > left:
            parts, left = parts + 1, room
        left -= width
    return parts, left
