"""Looking customers up by what somebody remembers of them: the beginnings of names, a part of a number or an address.

No index knows such parts, so rows are read in pieces, in the order of their key, and never more than `MOST` at a time:
where the book is longer, the answer says where to go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from unicodedata import combining, normalize

from outreach.store.dialect import Book
from outreach.store.views import Place

#: Rows read for one answer, and in one piece: a second at most, and a few milliseconds.
MOST: Final = 200_000
PIECE: Final = 5_000
#: Digits that must be known of a number: fewer stand in too many.
DIGITS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Ids in the order of their key; `next` is where the search goes on, None when the book is at its end."""

    ids: Sequence[str]
    next: Place | None


class Finding(Book):
    """Reads the table `customer` by pieces."""

    def like(self, words: str, after: Place | None, limit: int) -> Found:
        """Those in whose names, e-mail or id each of these words begins a part, or whose number has these digits."""
        wanted, digits = plain(words).split(), "".join(c for c in words if c in "0123456789")
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
        where, values = (" AND (bucket, id) > (?, ?)", after) if after else ("", ())
        columns = "bucket, id, first_name, last_name, email, phone"
        sql = f"SELECT {columns} FROM customer WHERE tenant_id = ?{where} ORDER BY bucket, id LIMIT ?"
        return self.read(sql, self.tenant, *values, PIECE)


def plain(text: str) -> str:
    """Small letters without their marks, so that `muller` finds Müller."""
    if text.isascii():
        return text.lower()
    return "".join(c for c in normalize("NFKD", text.casefold()) if not combining(c))


def _fits(row: Sequence[str], wanted: Sequence[str], digits: str) -> bool:
    id_, first, last, email, phone = row
    if len(digits) >= DIGITS and digits in phone:
        return True
    parts = plain(f"{first} {last} {email} {id_} {email.partition('@')[2]}").replace("-", " ").split()
    return bool(wanted) and all(any(part.startswith(word) for part in parts) for word in wanted)
