"""The survey: a customer's follow-ups, ledger and cadence as wishes and rooms, before the search begins."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from outreach.core.alone import alone, never, settle
from outreach.core.back_off import ladder, unanswered
from outreach.core.cadence import BackOff, PurposePolicy
from outreach.core.follow_up import FollowUp
from outreach.core.ledger import Touch
from outreach.core.limits import Limit, limits
from outreach.core.policy import Policy
from outreach.core.room import PAST, Kind, Line, Room, Row, Wish, micros, number
from outreach.core.standing import Standing

#: Channel and purpose; and the follow-up itself where it looks at rooms in which it isn't counted.
Key = tuple[str, str, str]
#: Limits, each with the kinds that it covers, those that it counts, and those that it binds.
Shape = Sequence[tuple[Limit, Sequence[Key], Sequence[Key], Sequence[Key]]]


def survey(
    now: datetime, ahead: Sequence[FollowUp], standing: Standing, policy: Policy, may_join: Collection[str] = (),
    drops: Collection[str] = (),
) -> list[Wish]:  # fmt: skip
    """The wishes of these follow-ups (the most important first) with the rooms they need; before them, those of touches
    of the ledger that still lie ahead. Those in `drops` take their own moment or none."""
    it = _Survey(now, standing, policy)
    kinds = [it.kind(f) for f in ahead]
    for limit, covered, takers, owners in it.limited():
        it.enter(limit, covered, takers, owners)
    it.line_up()
    it.bind()
    start, wishes = number(now), it.to_come()
    anyway: Line = [(x.first, x) for x in wishes]
    for rank, (f, kind) in enumerate(zip(ahead, kinds, strict=True)):
        wish = max(start, number(f.due))
        first = kind.opens(wish)
        x = Wish(f.id, rank, wish, number(f.valid_until), kind, first, opened=first)
        x.may_join, x.drops = f.id in may_join, f.id in drops
        if x.first <= x.end and not policy.cadence.policy(f.purpose).obeys_caps:
            anyway = settle(x, anyway)
        elif x.first <= x.end and x.drops:
            x.within(x.first, x.first)
        wishes.append(x)
    return wishes


@dataclass(slots=True)
class _Survey:
    now: datetime
    standing: Standing
    policy: Policy
    kinds: dict[Key, Kind] = field(default_factory=dict)
    rules: dict[Key, PurposePolicy] = field(default_factory=dict)
    many: dict[Key, int] = field(default_factory=dict)
    seen: dict[str, Sequence[Touch]] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    ahead: dict[str, tuple[int, Kind]] = field(default_factory=dict)
    most_seen: int = 0

    def kind(self, f: FollowUp) -> Kind:
        """The kind of contact that `f` is."""
        rule = self.policy.cadence.policy(f.purpose)
        key = f.channel, f.purpose, f.id if rule.obeys_caps and rule.counts != "yes" else ""
        kind = self.kinds.get(key)
        if kind is not None:
            self.many[key] += 1
            return kind
        self.many[key], self.rules[key] = 1, rule
        kind = self.kinds[key] = Kind(alone(f, self.standing, self.policy), f.channel)
        if f.channel not in self.seen:
            self.seen[f.channel] = touches = self.standing.touches_for(f.channel)
            self.most_seen = max(self.most_seen, len(touches))
            hers = len(touches) == len(self.standing.touches)
            self.addresses[f.channel] = "" if hers else self.standing.address_keys.get(f.channel, "")
        return kind

    def limited(self) -> Shape:
        """The limits, each with the kinds that it covers, those of them that it counts, and those that it binds."""
        keys = tuple(sorted(self.kinds))
        if any(f for _, _, f in keys):
            return list(self._shape())
        return self.policy.worked_out((_Survey, self.standing.places, keys), lambda: list(self._shape()))

    def _shape(self) -> Iterator[tuple[Limit, list[Key], list[Key], list[Key]]]:
        for limit in limits(self.standing, self.policy):
            covered = [key for key in self.kinds if limit.covers(key[0], key[1])]
            takers = [key for key in covered if limit.counts(self.rules[key])]
            yield limit, covered, takers, [key for key in covered if limit.binds(self.rules[key])]

    def enter(self, limit: Limit, covered: Sequence[Key], takers: Sequence[Key], owners: Sequence[Key]) -> None:
        """Make the rooms of one limit: one for each view of the ledger among those who must obey it."""
        wanted = sum([self.many[key] for key in covered])
        if not wanted or limit.most >= wanted + self.most_seen:
            return  # there is room for all
        views: dict[tuple[str, str], list[Key]] = {}
        for key in owners:
            views.setdefault((self.addresses[key[0]], "" if key in takers else key[2]), []).append(key)
        for (_, itself), some in views.items():
            self._room(limit, some, [*takers, *some] if itself else takers)

    def _room(self, limit: Limit, owners: Sequence[Key], takers: Sequence[Key]) -> None:
        if limit.most <= 0:
            for key in owners:
                self.kinds[key].opens = never
            return
        touches, since = self.seen[owners[0][0]], self.now - limit.per
        times = [number(at) for at in limit.times(touches) if at > since]
        if len(times) + sum([self.many[key] for key in takers]) <= limit.most:
            return
        start, per = number(self.now), micros(limit.per)
        room = Room(limit.most, per, [PAST] * limit.most + [t for t in times if t <= start], limit.law is not None)
        for key in takers:
            self.kinds[key].takes.append(room)
            self.kinds[key].reach = max(self.kinds[key].reach, per)
        for key in owners:
            self.kinds[key].own.append(room)
        for key in takers:
            if key not in owners:
                self.kinds[key].foreign.append(room)
        if times and times[-1] > start:
            self._note_ahead(limit, room, touches)

    def _note_ahead(self, limit: Limit, room: Room, touches: Sequence[Touch]) -> None:
        for touch in touches:
            if touch.at > self.now and limit.times([touch]):
                kind = self._to_come(touch)
                kind.takes.append(room)
                kind.reach = max(kind.reach, room.per)

    def _to_come(self, touch: Touch) -> Kind:
        """Touches still to come (a contact by hand, noted by a clock that is fast) stay where they are."""
        return self.ahead.setdefault(touch.id, (number(touch.at), Kind(never)))[1]

    def line_up(self) -> None:
        """Make the rows of the back-off: one for all, and one for each that waits like the others and isn't counted."""
        cadence, waiting = self.policy.cadence, [key for key, rule in self.rules.items() if rule.obeys_caps]
        if cadence.back_off is None or not cadence.min_gap:
            return
        times = unanswered(self.standing.touches, self.standing.last_sign, cadence)
        gaps = _steps(cadence.min_gap, cadence.back_off)
        before, wanted = min(self.standing.ignored, len(gaps) - 1), sum([self.many[key] for key in waiting])
        most = before + len(times) + wanted
        gaps = gaps[: max(1, most)]
        if gaps[-1] == gaps[0]:
            return  # nobody waits longer than the minimum gap
        past = [*[PAST] * (1 + before), *[number(at) for at in times if at <= self.now]]
        longest = len(gaps) - 1
        gaps = [*gaps, *[gaps[-1]] * (most - longest)]
        main = Row(gaps, longest, past)
        rows = {key: Row(gaps, longest, [*past]) if self.rules[key].counts == "no" else main for key in waiting}
        everybody = [main, *[row for row in rows.values() if row is not main]]
        for key, row in rows.items():
            kind = self.kinds[key]
            kind.row, kind.rows, kind.reach = row, everybody if row is main else [row], max(kind.reach, gaps[-1])
        for touch in self.standing.touches:
            if touch.at > self.now and unanswered([touch], self.standing.last_sign, cadence):
                kind = self._to_come(touch)
                kind.rows, kind.reach = everybody, max(kind.reach, gaps[-1])

    def bind(self) -> None:
        """Nothing more is to be entered."""
        for kind in (*self.kinds.values(), *[kind for _, kind in self.ahead.values()]):
            kind.bind()

    def to_come(self) -> list[Wish]:
        """The touches noted ahead, as wishes that nobody can move."""
        return [Wish(id, -1, t, t, kind, first=t, fixed=True, opened=t) for id, (t, kind) in self.ahead.items()]


@lru_cache(maxsize=256)
def _steps(gap: timedelta, rule: BackOff) -> list[int]:
    return [micros(step) for step in ladder(gap, rule)]
