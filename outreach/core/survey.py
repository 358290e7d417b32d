"""The survey: a customer's follow-ups, ledger and cadence as wishes and rooms, before the search begins."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from outreach.core.alone import alone, never, settle
from outreach.core.back_off import ladder, unanswered
from outreach.core.cadence import BackOff
from outreach.core.follow_up import FollowUp
from outreach.core.ledger import COUNTING, Touch
from outreach.core.limits import Limit, limits
from outreach.core.policy import Policy
from outreach.core.room import PAST, Kind, Line, Room, Row, Wish, micros, number
from outreach.core.standing import Standing

#: Channel and purpose; and the follow-up itself where it looks at rooms in which it isn't counted.
Key = tuple[str, str, str]
#: Kinds, by their place among all of the survey.
Kinds = Sequence[int]


class View(NamedTuple):
    """A limit as those see it who look at the same touches: `owners` must find room in it, `takers` take it; `foreign`
    are those of the takers that aren't owners."""

    owners: Kinds
    takers: Kinds
    foreign: Kinds


#: Limits, each with its length in microseconds, the kinds that it covers, and its views.
Shape = Sequence[tuple[Limit, int, Kinds, Sequence[View]]]


def survey(
    now: datetime, ahead: Sequence[FollowUp], standing: Standing, policy: Policy, may_join: Collection[str] = (),
    drops: Collection[str] = (),
) -> list[Wish]:  # fmt: skip
    """The wishes of these follow-ups (the most important first) with the rooms they need; before them, those of touches
    of the ledger that still lie ahead. Those in `drops` take their own moment or none."""
    it = _Survey(now, standing, policy)
    kinds = [it.kind(f) for f in ahead]
    it.settle_in()
    it.line_up()
    start, wishes = it.start, it.to_come()
    anyway: Line = [(x.first, x) for x in wishes]
    for rank, (f, kind) in enumerate(zip(ahead, kinds, strict=True)):
        wish = max(start, number(f.due))
        first = kind.opens(wish)
        x = Wish(f.id, rank, wish, number(f.valid_until), kind, first, False, f.id in may_join, f.id in drops, first)
        if first <= x.end:
            if not kind.obeys:
                anyway = settle(x, anyway)
            elif x.drops:
                x.within(first, first)
        wishes.append(x)
    return wishes


class _Survey:
    def __init__(self, now: datetime, standing: Standing, policy: Policy) -> None:
        self.now, self.standing, self.policy = now, standing, policy
        self.start = number(now)
        self.kinds: dict[Key, Kind] = {}
        self.many: dict[Key, int] = {}
        self.seen: dict[str, list[tuple[int, Touch]]] = {}
        self.addresses: dict[str, str] = {}
        self.ahead: dict[str, tuple[int, Kind]] = {}
        self.hers = self._listed(standing.touches)

    def _listed(self, touches: Sequence[Touch]) -> list[tuple[int, Touch]]:
        found = [(number(touch.at), touch) for touch in touches if touch.state in COUNTING]
        return sorted(found, key=itemgetter(0))

    def kind(self, f: FollowUp) -> Kind:
        """The kind of contact that `f` is."""
        rule = self.policy.cadence.policy(f.purpose)
        key = f.channel, f.purpose, f.id if rule.obeys_caps and rule.counts != "yes" else ""
        kind = self.kinds.get(key)
        if kind is not None:
            self.many[key] += 1
            return kind
        self.many[key] = 1
        kind = self.kinds[key] = Kind(alone(f, self.standing, self.policy), f.channel, rule.obeys_caps)
        if f.channel not in self.seen:
            self._look(f.channel)
        return kind

    def _look(self, channel: str) -> None:
        """Which touches a contact by this channel looks at, and the first channel that looks at the same."""
        touches, key = self.standing.touches_for(channel), self.standing.address_keys.get(channel, "")
        hers = len(touches) == len(self.standing.touches)
        self.seen[channel] = self.hers if hers else self._listed(touches)
        keys = self.standing.address_keys
        same = [other for other, at in self.addresses.items() if at and keys.get(other, "") == key]
        self.addresses[channel] = "" if hers else same[0] if same else channel

    def settle_in(self) -> None:
        """Make the rooms of all limits: one for each view of the ledger among those who must obey it."""
        keys = sorted(self.kinds)
        kinds, many = [self.kinds[key] for key in keys], [self.many[key] for key in keys]
        if not any([f for _, _, f in keys]):
            key = _Survey, self.standing.places, tuple(keys), tuple(self.addresses.items())
            shape = self.policy.worked_out(key, lambda: self._shape(keys))
        else:
            shape = self._shape(keys)
        most_seen = max([len(seen) for seen in self.seen.values()])
        for limit, per, covered, views in shape:
            if limit.most < sum([many[n] for n in covered]) + most_seen:  # else there is room for all
                for view in views:
                    self._room(limit, per, view, kinds, many, self.seen[keys[view.owners[0]][0]])

    def _shape(self, keys: Sequence[Key]) -> Shape:
        return [_seen_by(limit, keys, self.addresses, self.policy) for limit in limits(self.standing, self.policy)]

    def _room(
        self, limit: Limit, per: int, view: View, kinds: Sequence[Kind], many: Sequence[int],
        seen: Sequence[tuple[int, Touch]],
    ) -> None:  # fmt: skip
        if limit.most <= 0:
            for n in view.owners:
                kinds[n].opens = never
            return
        since, start = self.start - per, self.start
        counted = [(t, touch) for t, touch in seen if t > since and limit.takes(touch)]
        if len(counted) + sum([many[n] for n in view.takers]) <= limit.most:
            return
        room = Room(limit.most, per, [PAST] * limit.most + [t for t, _ in counted if t <= start], limit.law is not None)
        for n in view.takers:
            kinds[n].take(room)
        for n in view.owners:
            kinds[n].need(room)
        for n in view.foreign:
            kinds[n].foreign.append(room)
        for t, touch in counted:
            if t > start:
                self._to_come(t, touch).take(room)

    def _to_come(self, t: int, touch: Touch) -> Kind:
        """Touches still to come (a contact by hand, noted by a clock that is fast) stay where they are."""
        return self.ahead.setdefault(touch.id, (t, Kind(never)))[1]

    def line_up(self) -> None:
        """Make the rows of the back-off: one for all, and one for each that waits like the others and isn't counted."""
        cadence, waiting = self.policy.cadence, [key for key, kind in self.kinds.items() if kind.obeys]
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
        gaps = [*gaps, *[gaps[-1]] * (most - longest + 1)]
        main = Row(gaps, longest, past)
        purposes = self.policy.cadence.purposes
        rows = {key: Row(gaps, longest, [*past]) if purposes[key[1]].counts == "no" else main for key in waiting}
        everybody = [main, *[row for row in rows.values() if row is not main]]
        for key, row in rows.items():
            self.kinds[key].row = row
            self.kinds[key].stand_in(everybody if row is main else [row])
        if times and times[-1] > self.now:
            for t, touch in self.hers:
                if t > self.start and unanswered([touch], self.standing.last_sign, cadence):
                    self._to_come(t, touch).stand_in(everybody)

    def to_come(self) -> list[Wish]:
        """The touches noted ahead, as wishes that nobody can move."""
        return [Wish(id, -1, t, t, kind, first=t, fixed=True, opened=t) for id, (t, kind) in self.ahead.items()]


def _seen_by(
    limit: Limit, keys: Sequence[Key], addresses: Mapping[str, str], policy: Policy
) -> tuple[Limit, int, Kinds, Sequence[View]]:
    """The kinds that a limit covers, and its views."""
    rules = [policy.cadence.policy(purpose) for _, purpose, _ in keys]
    covered = [n for n, key in enumerate(keys) if limit.covers(key[0], key[1])]
    takers = [n for n in covered if limit.counts(rules[n])]
    views: dict[tuple[str, str], list[int]] = {}
    for n in covered:
        if limit.binds(rules[n]):
            views.setdefault((addresses[keys[n][0]], "" if n in takers else keys[n][2]), []).append(n)
    found = []
    for (_, itself), owners in views.items():
        taking = [*takers, *owners] if itself else takers
        found.append(View(owners, taking, [n for n in taking if n not in owners]))
    return limit, micros(limit.per), covered, found


@lru_cache(maxsize=256)
def _steps(gap: timedelta, rule: BackOff) -> list[int]:
    return [micros(step) for step in ladder(gap, rule)]
