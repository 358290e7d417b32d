"""The survey: a customer's follow-ups, ledger and cadence as wishes and rooms, before the search begins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from outreach.core.cadence import Cap, PurposePolicy
from outreach.core.follow_up import FollowUp
from outreach.core.guard import ROUNDS, Policy, own_guards
from outreach.core.ledger import Touch
from outreach.core.room import PAST, Kind, Room, Wish, micros, number
from outreach.core.standing import Standing
from outreach.core.windows import counted, gap_counted

#: Channel and purpose; and the follow-up itself where it looks at rooms in which it isn't counted.
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` touches in any half-open window of length `per`: a cap, or the minimum gap (`cap` is None)."""

    most: int
    per: timedelta
    cap: Cap | None = None

    def covers(self, key: Key) -> bool:
        """Whether it limits contacts of this channel and purpose."""
        return self.cap is None or self.cap.covers(key[0], key[1])

    def counts(self, rule: PurposePolicy) -> bool:
        """Whether it counts contacts of a purpose with this policy."""
        return rule.counts != "no" if self.cap is None else rule.counts == "yes"

    def times(self, touches: Sequence[Touch]) -> list[datetime]:
        """When those of the touches took place that it counts, sorted."""
        return gap_counted(touches) if self.cap is None else counted(self.cap, touches)


def limits(policy: Policy) -> list[Limit]:
    """What the guards of gap and caps hold, as data. Whatever else limits touches by other touches belongs here too."""
    gap = policy.cadence.min_gap
    caps = [Limit(cap.max, cap.per, cap) for cap in policy.cadence.caps]
    return [Limit(1, gap), *caps] if gap else caps


def survey(
    now: datetime, ahead: Sequence[FollowUp], standing: Standing, policy: Policy, may_join: Collection[str] = (),
    drops: Collection[str] = (),
) -> list[Wish]:  # fmt: skip
    """The wishes of these follow-ups (the most important first) with the rooms they need; before them, those of touches
    of the ledger that still lie ahead. Those in `drops` take their own moment or none."""
    it = _Survey(now, standing, policy)
    kinds = [it.kind(f) for f in ahead]
    for limit in limits(policy):
        it.enter(limit)
    start, wishes = number(now), it.to_come()
    for rank, (f, kind) in enumerate(zip(ahead, kinds, strict=True)):
        x = Wish(f.id, rank, max(start, number(f.due)), number(f.valid_until), kind, may_join=f.id in may_join)
        x.first = kind.opens(x.wish)
        if x.first <= x.end:
            x.fixed = not policy.cadence.policy(f.purpose).obeys_caps
            x.drops = f.id in drops and not x.fixed
            if x.fixed or x.drops:
                x.wish = x.end = x.first
        wishes.append(x)
    return wishes


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
        covered = [key for key in self.kinds if limit.covers(key)]
        wanted = sum([self.many[key] for key in covered])
        if not wanted or limit.most >= wanted + self.most_seen:
            return  # there is room for all
        takers = [key for key in covered if limit.counts(self.rules[key])]
        views: dict[tuple[str, str], list[Key]] = {}
        for key in covered:
            if self.rules[key].obeys_caps:
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
                self.kinds[key].ask = _never
            return
        touches, since = self.seen[owners[0][0]], self.now - limit.per
        times = [number(at) for at in limit.times(touches) if at > since]
        if len(times) + sum([self.many[key] for key in takers]) <= limit.most:
            return
        start, per = number(self.now), micros(limit.per)
        room = Room(limit.most, per, [PAST] * limit.most + [t for t in times if t <= start])
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
        """Touches still to come (a contact by hand, noted by a clock that is fast) stay where they are."""
        for touch in touches:
            if touch.at > self.now and limit.times([touch]):
                _, kind = self.ahead.setdefault(touch.id, (number(touch.at), Kind(_never)))
                kind.takes.append(room)
                kind.reach = max(kind.reach, room.per)

    def to_come(self) -> list[Wish]:
        """The touches noted ahead, as wishes that nobody can move."""
        return [Wish(id, -1, t, t, kind, first=t, fixed=True) for id, (t, kind) in self.ahead.items()]


def _alone(f: FollowUp, standing: Standing, policy: Policy) -> Callable[[datetime], datetime | None]:
    """From which instant on `f` might happen if there were no other touch: what holds and hours say (None: never)."""
    guards = own_guards(f, standing, policy)

    def opens(at: datetime) -> datetime | None:
        for _ in range(ROUNDS):
            for guard in guards:
                later = guard(at)
                if later is not None:
                    if later[0] is None:
                        return None
                    at = later[0]
                    break
            else:
                return at
        return None

    return opens


def _never(at: datetime) -> datetime | None:
    return None
