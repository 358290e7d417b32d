"""How long consent lasts: as its line says, and where nobody gave it in words no longer than the law grants."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from outreach.core.calendar import Calendar
from outreach.core.span import MomentError, Span, parse_span
from outreach.core.zone import to_utc

IMPLIED: Final = "implied"
#: How long implied consent lasts (CASL, S.C. 2010 c. 23, s. 10(10)): two years after a purchase or the end of a
#: contract, six months after an inquiry. A basis that doesn't say which is worth the shortest.
LASTS: Final = {
    "implied:purchase": Span(months=24), "implied:contract": Span(months=24), "implied:inquiry": Span(months=6),
    IMPLIED: Span(months=6),
}  # fmt: skip
HINT: Final = "write 2027-05-01, 2027-05-01T00:00:00-05:00 or `2 years`"


def ends(basis: str, expires: object, given: datetime, zone: str) -> datetime | None:
    """When consent that was given then, on this basis, is worth nothing any more: as `expires` says (a date, which
    begins at midnight in the zone, an instant, or a duration), on an implied basis never later than the law has it;
    None when it has no end. Raises MomentError.

    >>> ends("implied:purchase", "5 years", datetime(2024, 2, 29, 12, tzinfo=UTC), "UTC").isoformat()
    '2026-02-28T12:00:00+00:00'
    """
    said = _said(expires, given, zone) if expires not in (None, "") else None
    implied = LASTS.get(basis, LASTS[IMPLIED]) if basis.startswith(IMPLIED) else None
    law = implied.add(given, zone, Calendar()) if implied is not None else None
    return min(filter(None, (said, law)), default=None)


def _said(expires: object, given: datetime, zone: str) -> datetime:
    if not isinstance(expires, str):
        raise MomentError("is neither a date nor a duration", 0, HINT)
    try:
        found = datetime.fromisoformat(expires)
    except ValueError:
        return _after(expires, given, zone)
    if len(expires) == 10:
        return to_utc(found, zone)
    if found.tzinfo is None:
        raise MomentError("has no offset", 0, HINT)
    return found.astimezone(UTC)


def _after(expires: str, given: datetime, zone: str) -> datetime:
    span = parse_span(expires)
    if span.business:
        raise MomentError("business days can't measure consent", 0, HINT)
    return span.add(given, zone, Calendar())
