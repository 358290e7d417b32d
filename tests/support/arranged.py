"""Crowded customers by chance, on a clock of whole hours; and what is best for them, found by trying hour after hour.

Nothing of the planner, the guard or the windows is used to judge: touches are counted here, window by window.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from outreach.core import law
from outreach.core.cadence import DEFAULT_PURPOSES, BackOff, Hold, PurposePolicy
from outreach.core.follow_up import FollowUp
from outreach.core.guard import Policy
from outreach.core.hours import parse_hours
from outreach.core.law import Law
from outreach.core.ledger import Touch
from outreach.core.planner import Place, arrange, by_importance
from outreach.core.standing import Standing
from tests.support.guarded import HOUR, NOON, PHONE_KEY, a_cap, a_follow_up, a_policy, a_standing, a_touch

#: Hours of the day (UTC) at which a channel is open: the first, and the first at which it is closed again.
Span = tuple[int, int]
ANY: Span = (0, 24)
#: An arrangement: the hour of each follow-up from NOON on, None for one that is lost; in order of importance.
Arranged = tuple[int | None, ...]
HERE = frozenset({("XX", "")})
ODD = dict(DEFAULT_PURPOSES) | {
    "transactional": PurposePolicy(obeys_caps=False, counts="yes", consent="assumed"),
    "marketing": PurposePolicy(obeys_caps=True, counts="gap", consent="required"),
    "safety": PurposePolicy(obeys_caps=True, counts="no", consent="not needed", any_hours=True),
}


@dataclass(frozen=True)
class Limit:
    """At most `most` in any window of `per` hours; None for channel or purpose means all. A law's counts everybody,
    and holds for everybody."""

    most: int
    per: int
    channel: str | None = None
    purpose: str | None = None
    gap: bool = False
    law: bool = False

    def covers(self, channel: str, purpose: str) -> bool:
        return self.channel in (None, channel) and self.purpose in (None, purpose)

    def counts(self, said: str) -> bool:
        return self.law or said == "yes" or (self.gap and said == "gap")

    def binds(self, rule: PurposePolicy) -> bool:
        return self.law or rule.obeys_caps


@dataclass(frozen=True)
class Past:
    """A touch before NOON (or after it, when somebody's clock was fast): `shared` is another's, at her phone."""

    at: int
    channel: str = "sms"
    purpose: str = "care"
    shared: bool = False


@dataclass(frozen=True)
class Crowd:
    """One customer's follow-ups, her ledger and the cadence. What is wished for is (priority, due, worth, channel,
    purpose)."""

    wishes: Sequence[tuple[int, int, int, str, str]]
    gap: int = 0
    caps: Sequence[Limit] = ()
    hours: Mapping[str, Span] = field(default_factory=dict)
    past: Sequence[Past] = ()
    purposes: Mapping[str, PurposePolicy] = field(default_factory=lambda: DEFAULT_PURPOSES)
    held: bool = False
    drops: frozenset[str] = frozenset()
    may_join: frozenset[str] = frozenset()
    laws: Sequence[Limit] = ()
    back_off: BackOff | None = None
    sign: int | None = None
    ignored: int = 0

    @cached_property
    def ahead(self) -> list[FollowUp]:
        """The most important first."""
        made = [
            a_follow_up(f"f{n}", NOON + due * HOUR, worth * HOUR, priority=priority, channel=channel, purpose=purpose,
                        rule=f"r{n}")
            for n, (priority, due, worth, channel, purpose) in enumerate(self.wishes)
        ]  # fmt: skip
        return sorted(made, key=by_importance)

    @cached_property
    def policy(self) -> Policy:
        caps = [
            a_cap(c.most, c.per * HOUR, [c.channel] if c.channel else [], [c.purpose] if c.purpose else [])
            for c in self.caps
        ]
        hours = {ch: parse_hours({"mon-sun": f"{a:02}:00-{b:02}:00"}) for ch, (a, b) in self.hours.items()}
        held = (Hold(name="complaint", purposes=frozenset({"marketing"})),)
        return a_policy(*caps, gap=self.gap * HOUR, hours=hours, purposes=self.purposes, holds=held,
                        laws=tuple(map(a_law, self.laws)), back_off=self.back_off)  # fmt: skip

    @cached_property
    def standing(self) -> Standing:
        own = [self._touch(p) for p in self.past if not p.shared]
        others = [self._touch(p) for p in self.past if p.shared]
        sign = None if self.sign is None else NOON + self.sign * HOUR
        holds = {"complaint": NOON} if self.held else {}
        return a_standing(*own, at_phone=others, holds=holds, places=HERE, last_sign=sign, ignored=self.ignored)

    def _touch(self, p: Past) -> Touch:
        who = {"customer": "c2", "address_key": PHONE_KEY} if p.shared else {}
        counts = self.purposes[p.purpose].counts
        return a_touch(NOON + p.at * HOUR, p.channel, p.purpose, counts=counts, id=f"{p}", **who)

    @cached_property
    def limits(self) -> list[Limit]:
        return [*([Limit(1, self.gap, gap=True)] if self.gap else []), *self.caps, *self.laws]

    @cached_property
    def anyway(self) -> dict[str, int]:
        """The hours of those that don't obey caps: the first that laws leave beside others like them."""
        placed: list[tuple[int, FollowUp]] = []
        for f in self.ahead:
            if not self.purposes[f.purpose].obeys_caps:
                hours = self._hours(f)
                good = (t for t in hours if self.keeps_cadence([*placed, (t, f)]))
                if (t := next(good, None)) is not None and (f.id not in self.drops or t == hours[0]):
                    placed.append((t, f))
        return {f.id: t for t, f in placed}

    def open_hours(self, f: FollowUp) -> list[int]:
        """The hours at which it may take place as far as it alone is concerned."""
        if not self.purposes[f.purpose].obeys_caps:
            return [self.anyway[f.id]] if f.id in self.anyway else []
        found = self._hours(f)
        return found[:1] if f.id in self.drops else found

    def _hours(self, f: FollowUp) -> list[int]:
        if self.held and f.purpose == "marketing":
            return []
        first, last = ANY if self.purposes[f.purpose].any_hours else self.hours.get(f.channel, ANY)
        due, end = (f.due - NOON) // HOUR, (f.valid_until - NOON) // HOUR
        return [h for h in range(max(due, 0), end + 1) if first <= (h + 12) % 24 < last]

    def plan(self, ahead: Iterable[FollowUp] | None = None) -> Mapping[str, Place]:
        """What the planner makes of it."""
        many = self.ahead if ahead is None else ahead
        return arrange(NOON, many, self.standing, self.policy, self.may_join, self.drops)

    def planned(self) -> Arranged:
        """The hour of each in the plan; those that join have none of their own."""
        plan = self.plan()
        return tuple(None if (p := plan[f.id]).joins or p.at is None else (p.at - NOON) // HOUR for f in self.ahead)

    def keeps_cadence(self, placed: Sequence[tuple[int, FollowUp]]) -> bool:
        """Whether each that obeys caps finds no window with too many in it, among the windows it has to look at."""
        return all(self._finds_room(at, f, placed) for at, f in placed)

    def _finds_room(self, at: int, f: FollowUp, placed: Sequence[tuple[int, FollowUp]]) -> bool:
        rule = self.purposes[f.purpose]
        for limit in self.limits:
            if limit.binds(rule) and limit.covers(f.channel, f.purpose):
                others = list(self._others(limit, f, placed))
                if not rule.obeys_caps:  # of two that go anyway at one moment the less important one is behind
                    others = [(t, looked_at) for t, looked_at in others if looked_at or t != at]
                ends = [at, *(t for t, looked_at in others if looked_at or t <= at)]
                seen = [at, *(t for t, _ in others)]
                windows = (range(end - limit.per + 1, end + 1) for end in ends)
                if any(sum(t in window for t in seen) > limit.most for window in windows if at in window):
                    return False
        return not rule.obeys_caps or self._is_patient(at, f, placed)

    def _is_patient(self, at: int, f: FollowUp, placed: Sequence[tuple[int, FollowUp]]) -> bool:
        """Whether it lies as far behind the one before it as so many unanswered ones ask for, and leaves those behind
        it as far apart, with one more before them."""
        if self.back_off is None or not self.gap:
            return True
        past = [p.at for p in self.past if not p.shared and p.at >= (-99 if self.sign is None else self.sign)
                and self._unanswered(p.purpose)]  # fmt: skip
        others = past + [t for t, o in placed if o is not f and self._unanswered(o.purpose)]
        before, behind = sorted(t for t in others if t <= at), sorted(t for t in others if t > at)
        row, count = [*before, at, *behind], self.ignored
        for n, (one, other) in enumerate(pairwise(row), start=1):
            steps, rule = max(0, count + n - self.back_off.after), self.back_off
            if n >= len(before) and other - one < self.gap * min(rule.factor**steps, rule.longest):
                return False
        return True

    def _unanswered(self, purpose: str) -> bool:
        return self.purposes[purpose].obeys_caps and self.purposes[purpose].counts != "no"

    def _others(self, limit: Limit, f: FollowUp, placed: Sequence[tuple[int, FollowUp]]) -> Iterator[tuple[int, bool]]:
        """The touches that count beside `f`, and whether it must keep its distance before them too: not from one that
        is less important and goes anyway."""
        for p in self.past:
            mine = not p.shared or f.channel in ("sms", "call")
            if mine and limit.covers(p.channel, p.purpose) and limit.counts(self.purposes[p.purpose].counts):
                yield p.at, True
        for t, other in placed:
            rule = self.purposes[other.purpose]
            if other is not f and limit.covers(other.channel, other.purpose) and limit.counts(rule.counts):
                yield t, rule.obeys_caps or by_importance(other) < by_importance(f)


def a_law(limit: Limit) -> Law:
    """A law of HERE with this limit."""
    return Law(
        code="law:here", place="here", countries=("XX",),
        channels=frozenset([limit.channel] if limit.channel else CHANNELS),
        purposes=frozenset([limit.purpose] if limit.purpose else PURPOSES),
        limits=(law.Limit(limit.most, limit.per * HOUR, f"{limit.most}/{limit.per}h"),), source="", read_in="",
        as_of=NOON.date(), confidence="V",
    )  # fmt: skip


def arrangements(crowd: Crowd, placed: Arranged = ()) -> Iterator[Arranged]:
    """Every arrangement that keeps the cadence, hour by hour; what doesn't obey caps goes in each of them."""
    done = len(placed)
    if done == len(crowd.ahead):
        yield placed
        return
    f = crowd.ahead[done]
    hours = crowd.open_hours(f)
    goes_anyway = not crowd.purposes[f.purpose].obeys_caps and hours
    for at in hours if goes_anyway else [None, *hours]:
        now = [(t, o) for t, o in zip((*placed, at), crowd.ahead, strict=False) if t is not None]
        if crowd.keeps_cadence(now):
            yield from arrangements(crowd, (*placed, at))


def worth(arranged: Arranged) -> tuple[list[bool], list[int]]:
    """How good an arrangement is: what it keeps, the most important first; then how early each is."""
    return [t is not None for t in arranged], [0 if t is None else -t for t in arranged]


def best_of_all(crowd: Crowd) -> Arranged:
    """The best of every arrangement there is; for crowds in which nobody drops."""
    return max(arrangements(crowd), key=worth)


def best_by_steps(crowd: Crowd) -> Arranged:
    """The same for bigger crowds: one follow-up after the other, asking each time whether some arrangement is left.

    Who drops is kept only where nobody more important would have to move for it.
    """
    options = {f.id: crowd.open_hours(f) for f in crowd.ahead}
    kept = {f.id: options[f.id] for f in crowd.ahead if options[f.id] and not crowd.purposes[f.purpose].obeys_caps}
    for f in crowd.ahead:
        if options[f.id] and f.id not in kept:
            before = nearest(crowd, kept) if f.id in crowd.drops else kept
            if exists(crowd, before | {f.id: options[f.id]}):
                kept[f.id] = options[f.id]
    found = nearest(crowd, kept)
    return tuple(found[f.id][0] if f.id in kept else None for f in crowd.ahead)


def nearest(crowd: Crowd, hours: Mapping[str, list[int]]) -> dict[str, list[int]]:
    """The one hour of each that is nearest to its wish, the most important first."""
    found = dict(hours)
    for f in crowd.ahead:
        if f.id in found:
            found[f.id] = [next(t for t in found[f.id] if exists(crowd, found | {f.id: [t]}))]
    return found


def exists(crowd: Crowd, hours: Mapping[str, list[int]]) -> bool:
    """Whether all of these find an hour of theirs: whoever has the fewest left chooses next, and takes hours away."""
    wanted = [f for f in crowd.ahead if f.id in hours]

    def complete(placed: list[tuple[int, FollowUp]], left: list[tuple[FollowUp, list[int]]]) -> bool:
        if not left:
            return True
        f, choice = min(left, key=lambda one: len(one[1]))
        others = [one for one in left if one[0] is not f]
        for t in choice:
            now = [*placed, (t, f)]
            fewer = [(o, [at for at in some if crowd.keeps_cadence([*now, (at, o)])]) for o, some in others]
            if all(some for _, some in fewer) and complete(now, fewer):
                return True
        return False

    free = [(f, [t for t in hours[f.id] if crowd.keeps_cadence([(t, f)])]) for f in wanted]
    return all(some for _, some in free) and complete([], free)


def in_turn(crowd: Crowd) -> Arranged:
    """Each in turn, the most important first, at the first hour that is left; what goes anyway comes before all."""
    placed: list[tuple[int, FollowUp]] = []
    for f in sorted(crowd.ahead, key=lambda f: crowd.purposes[f.purpose].obeys_caps):
        hour = next((t for t in crowd.open_hours(f) if crowd.keeps_cadence([*placed, (t, f)])), None)
        if hour is not None:
            placed.append((hour, f))
    hours = {f.id: t for t, f in placed}
    return tuple(hours.get(f.id) for f in crowd.ahead)


CHANNELS, PURPOSES = ("sms", "email", "call"), ("care", "marketing", "transactional", "safety")


def a_crowd(dice: random.Random, most: int, *, span: int = 12, least: int = 2, worth: int = 0) -> Crowd:
    """By chance: up to `most` follow-ups within `span` hours, each worth less than `worth` (or `span`) hours."""
    count = dice.randrange(least, most + 1)
    purposes = dice.choice([("care", "marketing"), ("care",), PURPOSES])
    wishes = [
        (
            dice.randrange(9),
            dice.randrange(-1, span),
            dice.randrange(worth or span),
            dice.choice(CHANNELS),
            dice.choice(purposes),
        )
        for _ in range(count)
    ]
    caps = [
        Limit(dice.randrange(1, 4), dice.randrange(2, 16), dice.choice((None, None, *CHANNELS)),
              dice.choice((None, None, *purposes)))
        for _ in range(dice.randrange(4))
    ]  # fmt: skip
    hours = {ch: (a, dice.randrange(a + 1, 25)) for ch in CHANNELS if dice.random() < 0.5 and (a := dice.randrange(20))}
    past = [
        Past(dice.randrange(-14, 1), dice.choice(CHANNELS), dice.choice(purposes), dice.random() < 0.3)
        for _ in range(dice.randrange(4))
    ]
    if dice.random() < 0.1:
        past.append(Past(dice.randrange(1, span), dice.choice(CHANNELS), dice.choice(purposes)))
    odd = ODD if dice.random() < 0.15 else DEFAULT_PURPOSES
    some = [f"f{n}" for n in range(count) if dice.random() < 0.3]
    drops = frozenset(some) if dice.random() < 0.3 else frozenset()
    return Crowd(wishes, dice.randrange(5), caps, hours, past, odd, dice.random() < 0.1, drops)


def a_real_crowd(dice: random.Random, most: int, **given: int) -> Crowd:
    """One with a back-off, with limits of laws, or with both."""
    crowd = a_crowd(dice, most, **given)
    laws, back_off = [], None
    if dice.random() < 0.75:
        after, factor, longest = dice.randrange(4), dice.choice((2, 2, 3)), dice.choice((2, 4, 8))
        back_off = BackOff(after=after, factor=factor, longest=longest)
    if dice.random() < 0.6 or back_off is None:
        laws = [
            Limit(dice.randrange(1, 4), dice.randrange(3, 20), dice.choice((None, "call", "sms")),
                  dice.choice((None, "care", "marketing", "transactional")), law=True)
            for _ in range(dice.randrange(1, 3))
        ]  # fmt: skip
    sign = dice.randrange(-15, 1) if dice.random() < 0.4 else None
    ignored = dice.randrange(3) if dice.random() < 0.3 else 0
    return replace(crowd, laws=laws, back_off=back_off, sign=sign, ignored=ignored, gap=dice.randrange(1, 5))
