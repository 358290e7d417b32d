"""Limits of what is spent on SMS: into which countries, how much in a day, how many strangers in an hour. They hold off
who would have the house's number send to numbers of his own (SMS pumping), and a rule that fires too often."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from outreach.core.trace import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsLimits:
    """`countries` by ISO code (none: any), `segments_per_day` of the house's day, and numbers that never got an SMS
    before `new_per_hour`; None: as many as there are. Safety obeys the countries only."""

    countries: frozenset[str] = field(default_factory=frozenset)
    segments_per_day: int | None = None
    new_per_hour: int | None = None

    @property
    def counts(self) -> bool:
        """Whether anything has to be counted."""
        return self.segments_per_day is not None or self.new_per_hour is not None

    def abroad(self, places: Collection[str]) -> Reason | None:
        """Why nothing goes to a number that may be of these countries; None when one of them is allowed."""
        if not self.countries or self.countries & set(places):
            return None
        there, allowed = " or ".join(sorted(places)) or "no known country", ", ".join(sorted(self.countries))
        text = f"the number is of {there}; SMS go to {allowed} (OUTREACH_SMS_COUNTRIES)"
        return Reason(code="sms_country", text=text, numbers={"countries": sorted(places)})

    def too_many(self, spent: int, more: int, new: int, *, is_new: bool) -> Reason | None:
        """Why this one has to wait: `spent` segments today and `more` for it, `new` numbers in this hour."""
        most = self.segments_per_day
        if most is not None and spent + more > most:
            text = f"{spent} of {most} segments a day are spent (OUTREACH_SMS_SEGMENTS_PER_DAY)"
            return Reason(code="sms_spent", text=text, numbers={"spent": spent, "needs": more, "limit": most})
        most = self.new_per_hour
        if most is not None and is_new and new >= most:
            text = f"{new} of {most} new numbers an hour were written to (OUTREACH_SMS_NEW_PER_HOUR)"
            return Reason(code="sms_new", text=text, numbers={"new": new, "limit": most})
        return None
