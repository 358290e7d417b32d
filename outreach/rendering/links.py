"""Links that came with the data. Whoever can choose a name in a form must not make our messages carry his address.

    "Your account is locked, see evil.example/pay"   as a first name, sent to somebody else's phone

So from what goes to customers links are taken out, whichever field they came in; a field that is meant to hold one says
so by its name (`tracking_url`, `link`), and then holds nothing but one.
"""

from __future__ import annotations

import re

#: Top-level names that phones turn into links wherever they stand; every name of two letters is one too.
_TOP = (
    "com|net|org|info|biz|xyz|top|site|online|shop|store|club|link|click|live|app|dev|web|page|mobi|name|pro|tech|work"
    "|space|website|icu|vip|bank|pay|money|loan|win|bid|cash|support|help|example|gov|edu|int|mil|[a-z]{2}"
    "|\\u0440\\u0444|\\u0443\\u043a\\u0440|中国|中國|公司|网络|在线|한국"  # the first two: Russia, Ukraine
)
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_LINK = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,20}://|\bwww\.|\b(?:javascript|data|vbscript|tel|sms|mailto):)\S*"  # says what it is
    rf"|(?<![\w@.-])(?:{_LABEL}\.)+[^\W\d_]{{2,24}}[/?#]\S*"  # a path behind a dotted name: t.co/x
    rf"|(?<![\w@.-])(?:{_LABEL}\.)*[\w-]{{2,62}}[^\W_]\.(?:{_TOP})\b(?![\w@-])(?::\d+)?(?:[/?#]\S*)?"  # evil.example
    r"|(?<![\w@.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])(?::\d+)?(?:[/?#]\S*)?",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_NAMED = re.compile(r"(?:^|_)(?:url|link)$")


def may_link(text: str) -> bool:
    """Whether a link can be in it at all: none is without a dot or a colon."""
    return "." in text or ":" in text


def without_links(text: str, field: str) -> str:
    """The text with the links taken out, and the spaces that stood around them; blank when nothing else was in it.

    A field called `url`, `link`, or ending in `_url`, `_link` keeps a value that is one `https://…` and nothing else.
    """
    if not may_link(text) or (_NAMED.search(field) and _WHOLE.fullmatch(text)):
        return text
    cleared = _LINK.sub(" ", text)
    if cleared == text:
        return text
    return re.sub(r"[ \t]{2,}", " ", cleared).strip() if re.search(r"[^\W_]", cleared) else ""
