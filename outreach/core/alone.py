"""Alone: when a follow-up would take place if there were no others; and those that go then whatever else is planned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from outreach.core.follow_up import FollowUp
from outreach.core.guard import ROUNDS, Policy, lasting_guards
from outreach.core.room import LATE, Line, Wish, instant, number
from outreach.core.standing import Standing
from outreach.core.timetable import timetable
from outreach.core.walk import Walk, by_moment


def alone(f: FollowUp, standing: Standing, policy: Policy) -> Callable[[int], int]:
    """From which moment on `f` might happen if there were no other touch: what holds and hours say (LATE: never)."""
    table, guards = timetable(f, standing, policy), lasting_guards(f, standing, policy)
    if table is None:
        return never
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


def never(t: int) -> int:
    """What `opens` says of a contact for which no moment will ever do."""
    return LATE


def settle(x: Wish, anyway: Line) -> Line:
    """Give `x`, which doesn't obey caps, its moment: the first that the laws allow beside others like it."""
    if x.drops:
        x.end = x.first
    line: Line | None = anyway
    if x.kind.own:
        single = replace(x, kind=replace(x.kind, foreign=[]))
        line = Walk().beside(single, sorted(anyway, key=by_moment))
        x.first = next((t for t, y in line if y is single), LATE) if line is not None else LATE
    if line is None:
        return anyway
    x.fixed, x.drops, x.wish, x.end, x.opened = True, False, x.first, x.first, x.first
    return [*anyway, (x.first, x)]
