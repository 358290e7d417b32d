"""Looking customers up by what somebody remembers of them: the beginnings of names, a part of a number or an address.

No index knows such parts, so rows are read in pieces, in the order of their key, and never more than `MOST` at a time:
where the book is longer, the answer says where to go on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from unicodedata import normalize

from outreach.store.dialect import Book
from outreach.store.views import Place

#: Rows read for one answer, and in one piece: a second at most, and a few milliseconds.
MOST: Final = 100_000
PIECE: Final = 5_000
#: Digits that must be known of a number: fewer stand in too many.
DIGITS: Final = 4
#: Before the first.
START: Final = (-1, "")
_MARKS: Final = re.compile("[\u0300-\u036f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Ids in the order of their key; `next` is where the search goes on, None when the book is at its end."""

    ids: Sequence[str]
    next: Place | None


class Finding(Book):
    """Reads the table `customer` by pieces."""

    def like(self, words: str, after: Place | None, limit: int) -> Found:
        """Those in whose names, e-mail or id each of these words begins a part, or whose number has these digits."""
        wanted = [f" {word}" for word in plain(words).replace("-", " ").split()]
        digits = "".join(c for c in words if c in "0123456789")
        ids: list[str] = []
        at = after
        for _ in range(0, MOST, PIECE):
            rows = self._piece(at)
            for row in rows:
                at = (row[0], row[1])
                if _fits(row[1:], wanted, digits):
                    ids.append(row[1])
                    if len(ids) == limit:
                        return Found(ids=ids, next=at)
            if len(rows) < PIECE:
                return Found(ids=ids, next=None)
        return Found(ids=ids, next=at)

    def _piece(self, after: Place | None) -> Sequence[Any]:
        sql = (
            "SELECT bucket, id, first_name, last_name, email, phone FROM customer WHERE tenant_id = ?"
            " AND (bucket, id) > (?, ?) ORDER BY bucket, id LIMIT ?"
        )
        return self.read(sql, self.tenant, *(after or START), PIECE)


def plain(text: str) -> str:
    """Small letters without their marks, so that `muller` finds Müller."""
    return text.lower() if text.isascii() else _MARKS.sub("", normalize("NFKD", text.casefold()))


def _fits(row: Sequence[str], wanted: Sequence[str], digits: str) -> bool:
    """Looked at for every row: one text that is searched costs a third of its parts."""
    id_, first, last, email, phone = row
    if len(digits) >= DIGITS and digits in phone:
        return True
    parts = plain(f" {first} {last} {email} {id_} {email.partition('@')[2]}").replace("-", " ")
    return bool(wanted) and all(word in parts for word in wanted)
