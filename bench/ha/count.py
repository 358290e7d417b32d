"""The judge: what was acknowledged, what the record says and what the provider has got, held against each other."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from operator import itemgetter

from bench.ha.carrier import Sent
from bench.ha.house import GAP, MOST, WINDOW
from bench.ha.record import SECOND, FollowUp, Record, Touch

#: A contact comes at most so many seconds after its place in the ledger: 5 until the call begins, 12 for the call.
LATE = 17
#: What the provider may have got, as far as the record goes.
GONE = ("sent", "unknown")


def judge(record: Record, acknowledged: Sequence[str], sent: Sequence[Sent]) -> dict[str, list[str]]:
    """Every promise with what broke it; all lists are empty when all is well."""
    follow_ups, touches = record.follow_ups(), record.touches()
    return {
        "events acknowledged and lost": sorted(set(acknowledged) - record.events()),
        "follow-ups unaccounted for": unaccounted(acknowledged, follow_ups),
        "messages sent twice": [e for e, times in Counter(s.event for s in sent).items() if times > 1],
        "messages the record doesn't know as sent": unrecorded(sent, follow_ups, touches),
        "messages recorded as sent, and not sent": unsent(sent, follow_ups),
        "over a cap or inside the gap, by the ledger": crowded(((t.subject, t.at / SECOND) for t in touches), 0),
        "over a cap or inside the gap, by the provider": crowded(
            [(s.to, s.at) for s in sent] + [(s.customer, s.at) for s in sent], LATE
        ),
    }


def unaccounted(acknowledged: Sequence[str], follow_ups: Sequence[FollowUp]) -> list[str]:
    """Events without their one follow-up, and follow-ups that neither wait for a moment ahead nor ended for
    a reason."""
    planned, now = Counter(f.event for f in follow_ups), time.time() * SECOND
    found = [f"{event}: {planned[event]} follow-ups" for event in acknowledged if planned[event] != 1]
    for f in follow_ups:
        waits = f.wake is not None and f.wake > now - 5 * SECOND and f.state in ("scheduled", "held") and f.reason
        ended = f.wake is None and f.ended is not None and (f.state == "sent" or f.reason)
        if not (waits or ended):
            found.append(f"{f.event}: {f.state} {f.reason}")
    return found


def unrecorded(sent: Sequence[Sent], follow_ups: Sequence[FollowUp], touches: Sequence[Touch]) -> list[str]:
    """What the provider has got without a follow-up that says so, or without its place in the ledger."""
    gone = {f.event: f for f in follow_ups if f.state in GONE}
    places = {t.follow_up for t in touches if t.subject.startswith("c:")}
    return [s.event for s in sent if s.event not in gone or gone[s.event].id not in places]


def unsent(sent: Sequence[Sent], follow_ups: Sequence[FollowUp]) -> list[str]:
    """What was recorded as sent, and the provider never got."""
    got = {s.event for s in sent}
    return [f.event for f in follow_ups if f.state == "sent" and f.event not in got]


def crowded(contacts: Iterable[tuple[str, float]], slack: float) -> list[str]:
    """Contacts nearer to each other than the gap, or more in a window than the cap; `slack` in seconds is allowed."""
    found = []
    for who, group in groupby(sorted(contacts), key=itemgetter(0)):
        at = [moment for _, moment in group]
        found += [f"{who}: gap {b - a:.1f} s" for a, b in pairwise(at) if b - a < GAP - slack]
        found += [
            f"{who}: {MOST + 1} in {b - a:.0f} s" for a, b in zip(at, at[MOST:], strict=False) if b - a < WINDOW - slack
        ]
    return found


def states(follow_ups: Iterable[FollowUp]) -> dict[str, int]:
    """How many follow-ups stand where; what waits with its reason."""
    counted = Counter(f.state if f.ended else f"{f.state} ({f.reason.partition(':')[0]})" for f in follow_ups)
    return dict(sorted(counted.items()))
