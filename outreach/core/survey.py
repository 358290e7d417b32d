"""The survey: a customer's follow-ups, ledger and cadence as wishes and rooms, before the search begins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from outreach.core.back_off import ladder, unanswered
from outreach.core.cadence import PurposePolicy
from outreach.core.follow_up import FollowUp
from outreach.core.guard import ROUNDS, Policy, lasting_guards
from outreach.core.ledger import Touch
from outreach.core.limits import Limit, limits
from outreach.core.room import LATE, PAST, Kind, Line, Room, Row, Wish, instant, micros, number
from outreach.core.standing import Standing
from outreach.core.timetable import timetable
from outreach.core.walk import Walk, by_moment

#: Channel and purpose; and the follow-up itself where it looks at rooms in which it isn't counted.
Key = tuple[str, str, str]


def survey(
    now: datetime, ahead: Sequence[FollowUp], standing: Standing, policy: Policy, may_join: Collection[str] = (),
    drops: Collection[str] = (),
) -> list[Wish]:  # fmt: skip
    """The wishes of these follow-ups (the most important first) with the rooms they need; before them, those of touches
    of the ledger that still lie ahead. Those in `drops` take their own moment or none."""
    it = _Survey(now, standing, policy)
    kinds = [it.kind(f) for f in ahead]
    for limit in limits(standing, policy):
        it.enter(limit)
    it.line_up()
    start, wishes = number(now), it.to_come()
    anyway: Line = [(x.first, x) for x in wishes]
    for rank, (f, kind) in enumerate(zip(ahead, kinds, strict=True)):
        x = Wish(f.id, rank, max(start, number(f.due)), number(f.valid_until), kind, may_join=f.id in may_join)
        x.first = kind.opens(x.wish)
        x.drops = f.id in drops
        if x.first <= x.end and not policy.cadence.policy(f.purpose).obeys_caps:
            anyway = _settle(x, anyway)
        elif x.first <= x.end and x.drops:
            x.wish = x.end = x.first
        wishes.append(x)
    return wishes


def _settle(x: Wish, anyway: Line) -> Line:
    """Give `x`, which doesn't obey caps, its moment: the first that the laws allow beside others like it."""
    if x.drops:
        x.end = x.first
    line: Line | None = anyway
    if x.kind.own:
        alone = replace(x, kind=replace(x.kind, foreign=[]))
        line = Walk().beside(alone, sorted(anyway, key=by_moment))
        x.first = next((t for t, y in line if y is alone), LATE) if line is not None else LATE
    if line is None:
        return anyway
    x.fixed, x.drops, x.wish, x.end = True, False, x.first, x.first
    return [*anyway, (x.first, x)]


@dataclass(slots=True)
class _Survey:
    now: datetime
    standing: Standing
    policy: Policy
    kinds: dict[Key, Kind] = field(default_factory=dict)
    rules: dict[Key, PurposePolicy] = field(default_factory=dict)
    many: Counter[Key] = field(default_factory=Counter)
    seen: dict[str, Sequence[Touch]] = field(default_factory=dict)
    ahead: dict[str, tuple[int, Kind]] = field(default_factory=dict)
    most_seen: int = 0

    def kind(self, f: FollowUp) -> Kind:
        """The kind of contact that `f` is."""
        rule = self.policy.cadence.policy(f.purpose)
        key = f.channel, f.purpose, f.id if rule.obeys_caps and rule.counts != "yes" else ""
        self.many[key] += 1
        if key not in self.kinds:
            self.rules[key] = rule
            self.kinds[key] = Kind(_alone(f, self.standing, self.policy), f.channel)
            if f.channel not in self.seen:
                self.seen[f.channel] = touches = self.standing.touches_for(f.channel)
                self.most_seen = max(self.most_seen, len(touches))
        return self.kinds[key]

    def enter(self, limit: Limit) -> None:
        """Make the rooms of one limit: one for each view of the ledger among those who must obey it."""
        covered = [key for key in self.kinds if limit.covers(key[0], key[1])]
        wanted = sum([self.many[key] for key in covered])
        if not wanted or limit.most >= wanted + self.most_seen:
            return  # there is room for all
        takers = [key for key in covered if limit.counts(self.rules[key])]
        views: dict[tuple[str, str], list[Key]] = {}
        for key in covered:
            if limit.binds(self.rules[key]):
                views.setdefault((self._address(key[0]), "" if key in takers else key[2]), []).append(key)
        for (_, itself), owners in views.items():
            self._room(limit, owners, [*takers, *owners] if itself else takers)

    def _address(self, channel: str) -> str:
        """The address at which others are reached too; "" where only the customer's own touches count."""
        alone = len(self.seen[channel]) == len(self.standing.touches)
        return "" if alone else self.standing.address_keys.get(channel, "")

    def _room(self, limit: Limit, owners: list[Key], takers: list[Key]) -> None:
        if limit.most <= 0:
            for key in owners:
                self.kinds[key].opens = _never
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
        return self.ahead.setdefault(touch.id, (number(touch.at), Kind(_never)))[1]

    def line_up(self) -> None:
        """Make the rows of the back-off: one for all, and one for each that waits like the others and isn't counted."""
        cadence, waiting = self.policy.cadence, [key for key, rule in self.rules.items() if rule.obeys_caps]
        if cadence.back_off is None or not cadence.min_gap:
            return
        times = unanswered(self.standing.touches, self.standing.last_sign, cadence)
        before = self.standing.ignored
        most = before + len(times) + sum([self.many[key] for key in waiting])
        gaps = [micros(gap) for gap in ladder(cadence.min_gap, cadence.back_off)[: max(1, most)]]
        if gaps[-1] == micros(cadence.min_gap):
            return  # nobody waits longer than the minimum gap
        past = [PAST, *[number(at) for at in times if at <= self.now]]
        main = Row(before, gaps, past)
        rows = {key: Row(before, gaps, [*past]) if self.rules[key].counts == "no" else main for key in waiting}
        everybody = [main, *[row for row in rows.values() if row is not main]]
        for key, row in rows.items():
            kind = self.kinds[key]
            kind.row, kind.rows, kind.reach = row, everybody if row is main else [row], max(kind.reach, gaps[-1])
        for touch in self.standing.touches:
            if touch.at > self.now and unanswered([touch], self.standing.last_sign, cadence):
                kind = self._to_come(touch)
                kind.rows, kind.reach = everybody, max(kind.reach, gaps[-1])

    def to_come(self) -> list[Wish]:
        """The touches noted ahead, as wishes that nobody can move."""
        return [Wish(id, -1, t, t, kind, first=t, fixed=True) for id, (t, kind) in self.ahead.items()]


def _alone(f: FollowUp, standing: Standing, policy: Policy) -> Callable[[int], int]:
    """From which moment on `f` might happen if there were no other touch: what holds and hours say (LATE: never)."""
    table, guards = timetable(f, standing, policy), lasting_guards(f, standing, policy)
    if table is None:
        return _never
    if not guards:
        return table.opens

    def opens(t: int) -> int:
        for _ in range(ROUNDS):
            t = table.opens(t)
            later = next((found for guard in guards if t < LATE and (found := guard(instant(t))) is not None), None)
            if later is None:
                return t
            t = LATE if later[0] is None else number(later[0])
        return LATE

    return opens


def _never(t: int) -> int:
    return LATE
