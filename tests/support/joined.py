"""Who joins whom, said once more: hour by hour, by trying, with nothing of the planner's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from outreach.core.follow_up import FollowUp
from tests.support.arranged import Crowd, exists, nearest
from tests.support.guarded import HOUR, NOON

#: By id: the hour of each that has its own, and the id of the one that it joins.
Told = dict[str, int | str]


def joined_by_rule(crowd: Crowd) -> Told:
    """What the rule makes of these wishes; those that are lost aren't there."""
    late: dict[str, str] = {}
    while True:
        kept, joins = _in_turn(crowd, late)
        line = {id: hours[0] for id, hours in nearest(crowd, kept).items()}
        moved = (f for f in crowd.ahead if f.id in line and _may(crowd, f) and line[f.id] != crowd.open_hours(f)[0])
        pairs = ((f.id, w) for f in moved if f.id not in late and (w := _winner(crowd, f, line, _before(crowd, f))))
        pair = next(pairs, None)
        if pair is None:
            break
        late[pair[0]] = pair[1]
    for f in crowd.ahead:
        if f.id not in line and f.id not in joins and f.id in crowd.may_join:
            winner = _winner(crowd, f, line, crowd.ahead)
            joins |= {f.id: winner} if winner else {}
    return {**line, **joins}


def _in_turn(crowd: Crowd, late: Mapping[str, str]) -> tuple[dict[str, list[int]], dict[str, str]]:
    """The hours left to each that is kept, and who joins whom, the most important first."""
    kept = {f.id: crowd.open_hours(f) for f in crowd.ahead if not _waits(crowd, f) and crowd.open_hours(f)}
    joins: dict[str, str] = {}
    for f in crowd.ahead:
        hours = crowd.open_hours(f)
        if not hours or f.id in kept:
            continue
        line = nearest(crowd, kept)
        winner = w if (w := late.get(f.id, "")) in kept else ""
        if f.id in crowd.may_join and not winner and (f.id in late or not exists(crowd, line | {f.id: hours[:1]})):
            winner = _winner(crowd, f, {id: there[0] for id, there in line.items()}, _before(crowd, f))
        both = _between(crowd, f, kept[winner]) if winner else []
        if winner and exists(crowd, kept | {winner: both}):
            kept[winner], joins[f.id] = both, winner
        elif exists(crowd, (line if f.id in crowd.drops else kept) | {f.id: hours}):
            kept[f.id] = hours
    return kept, joins


def _between(crowd: Crowd, f: FollowUp, hours: Iterable[int]) -> list[int]:
    """Those of the hours at which it is due, and still worth something; one that drops has but one."""
    first = crowd.open_hours(f)[0]
    drops, due, end = f.id in crowd.drops, (f.due - NOON) // HOUR, (f.valid_until - NOON) // HOUR
    return [t for t in hours if (t == first if drops else due <= t <= end)]


def _tells(crowd: Crowd, f: FollowUp, hour: int) -> bool:
    """Whether the contacts that took place leave room for one more of its kind by every law."""
    seen = [p for p in crowd.past if p.at <= 0 and (not p.shared or f.channel in ("sms", "call"))]
    return all(
        sum(law.covers(p.channel, p.purpose) and p.at > hour - law.per for p in seen) < law.most
        for law in crowd.laws if law.covers(f.channel, f.purpose)
    )  # fmt: skip


def _winner(crowd: Crowd, f: FollowUp, line: Mapping[str, int], among: Iterable[FollowUp]) -> str:
    """The most important of these that has its hour, by the same channel, at a time that is good for `f` too."""
    good = (w for w in among if w.id in line and w.channel == f.channel and line[w.id] in crowd.open_hours(f))
    return next((w.id for w in good if _tells(crowd, f, line[w.id])), "")


def _before(crowd: Crowd, f: FollowUp) -> list[FollowUp]:
    return crowd.ahead[: crowd.ahead.index(f)]


def _may(crowd: Crowd, f: FollowUp) -> bool:
    return f.id in crowd.may_join


def _waits(crowd: Crowd, f: FollowUp) -> bool:
    return crowd.purposes[f.purpose].obeys_caps
