"""From the bytes of a rule file to its text, and the characters in it that look like others or like nothing."""

from __future__ import annotations

import re
from typing import Final

from outreach.rulebook.faults import Fault
from outreach.rulebook.places import short

MOST_BYTES: Final = 256 * 1024

_MERGE: Final = re.compile(r"^(?:<{7} .*|>{7} .*|={7})$", re.MULTILINE)
_PAGE: Final = re.compile(r"\s*<(?:!doctype|html|\?xml)", re.IGNORECASE)
#: Invisible, and of no use in the plain words and names of a rule.
_NOTHING: Final = re.compile("[\u200b\u2060\ufeff]")
#: They look like a space and are none.
_SPACES: Final = "".join(map(chr, (0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)))


def decoded(data: bytes) -> str:
    """The text in these bytes. Raises Fault when it is none that could be a rule file."""
    if len(data) > MOST_BYTES:
        raise Fault(f"the file has more than {MOST_BYTES:,} bytes", hint="split it: files are read together")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Fault("the file is UTF-16, not UTF-8", hint="save it again as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].rpartition(b"\n")[2].decode("utf-8", "replace")
        raise Fault(
            f"byte 0x{data[error.start]:02x} at offset {error.start} is not UTF-8",
            data.count(b"\n", 0, error.start) + 1, len(before) + 1, "save the file again as UTF-8",
        ) from None  # fmt: skip
    if _PAGE.match(text):
        raise Fault("this is a web page, not a rule file", hint="a rule file is text and begins with `rules:`")
    merge = _MERGE.search(text)
    if merge and "<<<<<<< " in text:
        line = text.count("\n", 0, merge.start()) + 1
        hint = "keep one of the two versions, and remove the lines of `<`, `=` and `>`"
        raise Fault(f"two versions of the file were never put together: `{short(merge[0])}`", line, 1, hint)
    return text


def odd_character(text: str) -> tuple[int, str, str, str] | None:
    """Of a plain scalar: where a character is that nobody can see, what to say of it, a hint, and the text without it.

    >>> odd_character("visit" + chr(0xA0))
    (5, 'the space after `visit` is no plain one (U+00A0)', 'write it again; it came with a copied text', 'visit')
    """
    found = _NOTHING.search(text)
    if found:
        said = f"an invisible character (U+{ord(found[0]):04X}) stands in `{short(_NOTHING.sub('', text))}`"
        return found.start(), said, "remove it, or write the word again", _NOTHING.sub("", text)
    bare = text.strip(_SPACES)
    if bare == text or not bare:
        return None
    start = text.index(bare)
    at, where = (0, "before") if start else (len(bare), "after")
    said = f"the space {where} `{short(bare)}` is no plain one (U+{ord(text[at]):04X})"
    return at, said, "write it again; it came with a copied text", bare
