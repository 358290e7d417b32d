"""Back-off: contacts that nothing comes back from lie farther and farther apart.

After the n-th unanswered contact in a row the next waits `min_gap · factor^(n - after)`, at most `longest` times the
gap. Any sign of life of the customer begins it anew. It is a customer's, not an address's: her husband's silence says
nothing about her. Contacts that are planned count like those that took place, so that a plan holds what it promises.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from outreach.core.cadence import BackOff, Cadence, length
from outreach.core.ledger import Touch
from outreach.core.objecting import Guard, Objection
from outreach.core.standing import Standing
from outreach.core.trace import Reason


def stretched(gap: timedelta, rule: BackOff, unanswered: int) -> timedelta:
    """The gap after so many unanswered contacts.

    >>> hours = timedelta(hours=20)
    >>> [length(stretched(hours, BackOff(), n)) for n in range(6)]
    ['20h', '20h', '40h', '80h', '160h', '160h']
    """
    steps, times = max(0, unanswered - rule.after), 1.0
    while steps and times < rule.longest:
        steps, times = steps - 1, times * rule.factor
    return gap * min(times, rule.longest)


@lru_cache(maxsize=256)
def ladder(gap: timedelta, rule: BackOff) -> tuple[timedelta, ...]:
    """The gaps after no, one, two, … unanswered contacts, up to the longest: that is the gap after any more of them.

    >>> [length(step) for step in ladder(timedelta(hours=20), BackOff())]
    ['20h', '20h', '40h', '80h', '160h']
    """
    steps = [stretched(gap, rule, 0)]
    while steps[-1] < gap * rule.longest:
        steps.append(stretched(gap, rule, len(steps)))
    return tuple(steps)


def reach(cadence: Cadence) -> timedelta:
    """How long the longest gap is: touches older than that hold nothing back by themselves."""
    return cadence.min_gap * max(1.0, cadence.back_off.longest) if cadence.back_off else cadence.min_gap


def unanswered(touches: Iterable[Touch], last_sign: datetime | None, cadence: Cadence) -> list[datetime]:
    """The sorted instants of the contacts from the last sign of life on: of those that count and whose purpose obeys
    the caps, for what a customer waits for (a receipt, a warning) asks nothing of her."""
    obey = {purpose for purpose, rule in cadence.purposes.items() if rule.obeys_caps}
    since = [t for t in touches if last_sign is None or t.at >= last_sign]
    return sorted([t.at for t in since if t.counting and t.purpose in obey])


def back_off_guards(standing: Standing, cadence: Cadence, planned: Sequence[Touch] = ()) -> list[Guard]:
    """The guard, if the cadence has the rule and there is a gap to stretch."""
    if cadence.back_off is None or not cadence.min_gap:
        return []
    times = unanswered((*standing.touches, *planned), standing.last_sign, cadence)
    if not times:
        return []
    row = _Row(times, standing.ignored, cadence.min_gap, cadence.back_off)
    since = standing.last_sign.isoformat() if standing.last_sign else None
    said: dict[timedelta, Reason] = {}  # the first time it asks for such a gap is told

    def guard(at: datetime) -> Objection | None:
        free = row.first_from(at)
        if free == at:
            return None
        count, needed = row.too_near(at)
        if needed not in said:
            span = length(needed)
            numbers = {"unanswered": count, "gap": span, "since": since, "free": free.isoformat()}
            text = f"{count} in a row without a sign of life from her: {span} until the next"
            said[needed] = Reason(code=f"back_off:{span}", text=text, numbers=numbers)
        return free, said[needed]

    return [guard]


class _Row:
    """Unanswered contacts in order of time, `before` of them too long ago to be listed."""

    def __init__(self, times: Sequence[datetime], before: int, gap: timedelta, rule: BackOff):
        self.times, self.before = times, before
        self._gaps = ladder(gap, rule)

    def place(self, at: datetime) -> int:
        """How many of them lie before this instant, or at it."""
        return bisect_right(self.times, at)

    def gap_after(self, place: int) -> timedelta:
        """What has to lie between the contact at this place (counted from 1) and the next."""
        return self._gaps[min(self.before + place, len(self._gaps) - 1)]

    def too_near(self, at: datetime) -> tuple[int, timedelta]:
        """How many unanswered contacts ask for which gap, where one at this instant would stand too near: to the one
        before it, or else to those that are planned behind it."""
        place = self.place(at)
        behind = place + (not place or at - self.times[place - 1] >= self.gap_after(place))
        return self.before + behind, self.gap_after(behind)

    def first_from(self, at: datetime) -> datetime:
        """The first instant from `at` on at which one more fits: far enough behind the one before it, and so that all
        behind it stay far enough from each other, although each has one more before it."""
        for place in range(self.place(at), len(self.times)):
            earliest = max(at, self.times[place - 1] + self.gap_after(place)) if place else at
            if earliest + self.gap_after(place + 1) <= self.times[place] and self._holds_behind(place):
                return earliest
        return max(at, self.times[-1] + self.gap_after(len(self.times)))

    def _holds_behind(self, place: int) -> bool:
        """Whether those behind still keep their gaps once each has one more before it."""
        pairs = range(place, len(self.times) - 1)
        return all(self.times[i + 1] - self.times[i] >= self.gap_after(i + 2) for i in pairs)
