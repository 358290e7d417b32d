"""The books against each other: follow-ups, attempts and the ledger must tell the same story."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from outreach.core.keys import bucket_of, make_id
from outreach.proof.case import Case
from outreach.proof.findings import Fault, moment
from outreach.proof.rows import FORWARDED, Entry, Person, Planned, Tried

_TOUCHED: Final = frozenset({"sent", "delivered", "undelivered", "unknown"})
_ON_ITS_WAY: Final = frozenset({"claimed", "listed"})
_OPEN: Final = frozenset({"scheduled", "claimed", "listed"})
#: Ends, by state and channel, that need no reason.
_SPEAKS_FOR_ITSELF: Final = frozenset(
    {("sent", "sms"), ("sent", "email"), ("delivered", "sms"), ("delivered", "email"), ("done", "remember")}
)
#: By the state of an attempt, whether its touch stands.
_STANDS: Final = {"intent": True, "accepted": True, "unknown": True, "unsent": False, "refused": False}
#: Whoever takes a lost claim back comes within this time after its lease, in microseconds.
_GRACE: Final = 60_000_000


def judge(case: Case, person: Person) -> None:
    """All books of one customer."""
    live: defaultdict[str, list[Entry]] = defaultdict(list)  # copies included
    for e in person.entries:
        if e.live and e.follow_up:
            live[e.follow_up].append(e)
    planned = {f.id: f for f in person.planned}
    faults = [
        *_touched(case, person, planned, live),
        *_tried(case, person),
        *_twice(case, person),
        *_gone(case, person),
    ]
    for f in person.planned:
        faults += _ended(case, f)
    for fault in faults:
        case.findings.broke(fault)


def _touched(
    case: Case, person: Person, planned: Mapping[str, Planned], live: Mapping[str, list[Entry]]
) -> Iterator[Fault]:
    """One live touch for each follow-up that reached somebody, none for the others."""
    subject = f"c:{person.id}"
    for id, entries in live.items():
        last = entries[-1]
        if last.at < case.since:
            continue
        case.findings.asked["one_touch"] += 1
        own = [e for e in entries if case.taken_over(e) is None]  # two who became one may both have had the same
        if len(own) > 1:
            ids, said = tuple(e.id for e in own), f"{len(own)} live touches of one follow-up"
            yield Fault(check="one_touch", rule="one_touch", subject=subject, ids=ids, at=moment(last.at), said=said)
        f = planned.get(id)
        if not _stands(case, f, last):
            said = f"a touch stands for a follow-up that {f'is {f.state}' if f else 'is not there'}"
            yield Fault(
                check="follow_up", rule="touch_alone", subject=subject, ids=(last.id, id), at=moment(last.at), said=said
            )
    for f in planned.values():
        if f.state in _TOUCHED | _ON_ITS_WAY | {"done"} and f.channel in ("sms", "email", "call") and _recent(case, f):
            case.findings.asked["follow_up"] += 1
            if not live.get(f.id):
                said = f"a {f.channel} is {f.state}, and no touch stands for it"
                yield Fault(check="follow_up", rule="no_touch", subject=subject, ids=(f.id,), at=_at(f), said=said)


def _stands(case: Case, f: Planned | None, e: Entry) -> bool:
    """Whether a live touch may stand for it. What one who has become another one had goes on there."""
    copy = case.taken_over(e)
    if copy is not None and not copy.over:  # it was being sent at the merge, or she had the same
        return True
    if f is None:
        return False
    gone = f.state == FORWARDED and f.customer in case.unions.into
    return gone or f.state in _TOUCHED | _ON_ITS_WAY or (f.state == "done" and f.channel == "call")


def _gone(case: Case, person: Person) -> Iterator[Fault]:
    """What goes on at the one whom a customer has become must be there, and so must her contacts."""
    if person.id not in case.unions.into:
        return
    end, subject = case.unions.end(person.id), f"c:{person.id}"
    there = {e.id for e in case.reader.entries_of(end)}
    for e in person.entries:
        if e.live and e.at >= case.since and e.id not in there:
            said = f"a touch of one who has become {end} isn't entered there"
            yield Fault(check="entries", rule="left_behind", subject=subject, ids=(e.id,), at=moment(e.at), said=said)
    for f in person.planned:
        if f.state == FORWARDED and _recent(case, f):
            case.findings.asked["follow_up"] += 1
            new = f.reason.partition(":")[2]
            homes = {case.unions.into[person.id][0], end}  # what was being sent came to the last one at once
            if not any(case.reader.has_follow_up(home, new) for home in homes):
                said = f"{f.rule}, {f.step}: was forwarded, and isn't there"
                yield Fault(
                    check="follow_up", rule="left_behind", subject=subject, ids=(f.id, new), at=_at(f), said=said
                )


def _tried(case: Case, person: Person) -> Iterator[Fault]:
    """Each attempt has the touch of its number, which stands unless it is proven that nothing went out."""
    entries, subject = {e.id: e for e in person.entries}, f"c:{person.id}"
    sent = Counter(t.follow_up for t in person.tried if t.state == "accepted")
    for t in person.tried:
        if t.made < case.since:
            continue
        case.findings.asked["attempt"] += 1
        e = entries.get(make_id(bucket_of(case.reader.tenant, t.customer), "touch", t.follow_up, str(t.number)))
        said = _disagrees(t, e)
        if not said and t.state == "accepted" and sent[t.follow_up] > 1:
            said = f"one follow-up was sent {sent[t.follow_up]} times"
        if said:
            yield Fault(
                check="attempt",
                rule=f"attempt:{t.state}",
                subject=subject,
                ids=(t.id, t.follow_up),
                at=moment(t.made),
                said=said,
            )


def _disagrees(t: Tried, e: Entry | None) -> str:
    if e is None:
        return "an attempt has no touch"
    if e.live != _STANDS.get(t.state, e.live):
        return f"an attempt is {t.state}, and its touch is {e.state}"
    # One whose worker died may be sent by another later, and counts from then.
    in_time = e.at == t.send_at or (t.made <= e.at and (t.ended is None or e.at <= t.ended))
    if not in_time or (e.channel, e.address_key) != (t.channel, t.address_key):
        return "an attempt and its touch differ in moment, channel or address"
    return ""


def _twice(case: Case, person: Person) -> Iterator[Fault]:
    """One event begins a rule's step once; a call that she was promised is another, once for each promised moment."""
    seen: dict[tuple[str, ...], str] = {}
    for f in person.planned:
        if not _recent(case, f):
            continue
        case.findings.asked["twice"] += 1
        name = (f.trigger, f.event_source, f.event, f.rule, f.step, f.promised)
        if name in seen:
            said = f"{f.rule}, {f.step}: planned twice for one event"
            yield Fault(
                check="twice", rule="twice", subject=f"c:{person.id}", ids=(seen[name], f.id), at=_at(f), said=said
            )
        seen[name] = f.id


def _ended(case: Case, f: Planned) -> Iterator[Fault]:
    """It lies ahead and will be looked at, or has ended with a reason; nothing is claimed for longer than its lease."""
    subject = f"c:{f.customer}"
    if _recent(case, f):
        case.findings.asked["reason"] += 1
        if f.state in _OPEN and f.wake is None:
            said = f"{f.rule}, {f.step}: is {f.state}, and nobody will look at it again"
            yield Fault(check="reason", rule="lost", subject=subject, ids=(f.id,), at=_at(f), said=said)
        elif f.state not in _OPEN and (f.ended is None or f.wake is not None):
            said = f"{f.rule}, {f.step}: is {f.state}, and doesn't say when it ended"
            yield Fault(check="reason", rule="no_end", subject=subject, ids=(f.id,), at=_at(f), said=said)
        elif f.state not in _OPEN and not f.reason and (f.state, f.channel) not in _SPEAKS_FOR_ITSELF:
            said = f"{f.rule}, {f.step}: is {f.state} without a reason"
            yield Fault(check="reason", rule="no_reason", subject=subject, ids=(f.id,), at=_at(f), said=said)
    if f.state == "claimed":
        case.findings.asked["lease"] += 1
        if f.wake is not None and f.wake + _GRACE < case.now:
            said = f"{f.rule}, {f.step}: claimed, and its lease ended at {moment(f.wake)}: does a worker run?"
            yield Fault(check="lease", rule="lease", subject=subject, ids=(f.id,), at=moment(f.wake), said=said)


def _recent(case: Case, f: Planned) -> bool:
    return f.ended is None or f.ended >= case.since


def _at(f: Planned) -> str:
    return moment(f.ended) if f.ended is not None else ""
