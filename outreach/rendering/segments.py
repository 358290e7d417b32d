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


def sms_segments(text: str) -> tuple[int, Encoding]:
    """The number of SMS that `text` is sent as, and their encoding. An empty text is sent as none."""
    encoding: Encoding = "GSM-7" if BASIC.union(EXTENSION).issuperset(text) else "UCS-2"
    widths = [_width(character, encoding) for character in text]
    if sum(widths) <= ALONE[encoding]:
        return (1 if text else 0), encoding
    return _parts(widths, PART[encoding]), encoding


def _width(character: str, encoding: Encoding) -> int:
    """In septets, or in UTF-16 units."""
    if encoding == "GSM-7":
        return 2 if character in EXTENSION else 1
    return 2 if ord(character) > 0xFFFF else 1


def _parts(widths: Iterable[int], room: int) -> int:
    """No character is torn in two: one that doesn't fit any more begins the next part."""
    parts, left = 0, 0
    for width in widths:
        if width > left:
            parts, left = parts + 1, room
        left -= width
    return parts
