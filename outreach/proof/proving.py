"""The proof, from the first bucket to the last: a range of them at a time, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby

from outreach.core.policy import Policy
from outreach.proof import books, clocks, entries, spacing, words
from outreach.proof.case import Case
from outreach.proof.findings import Findings
from outreach.proof.reading import Reader
from outreach.proof.rows import Person
from outreach.proof.unions import Unions
from outreach.store.codec import micros
from outreach.store.database import transaction
from outreach.store.store import Store

#: Called with how much is done, and of how much.
Progress = Callable[[int, int], None]


def prove(
    store: Store, policy: Policy, now: datetime, since: datetime | None = None, progress: Progress | None = None
) -> Findings:
    """Judge every touch from `since` on (all of them without one). Reads only, a transaction for each range, so that a
    database may be at work. Raises DatabaseError."""
    findings, sums = Findings(), entries.Sums()
    start = micros(since) if since is not None else -(1 << 62)
    with _case(store, policy, findings, start, micros(now)) as case:
        ranges = case.reader.ranges()
    for done, (first, last) in enumerate(ranges, 1):
        with _case(store, policy, findings, start, micros(now)) as case:
            _judge_customers(case, first, last, sums)
            _judge_addresses(case, first, last, sums)
        if progress is not None:
            progress(done, len(ranges))
    findings.asked["entries"] = findings.touches
    if not sums.equal:
        with _case(store, policy, findings, start, micros(now)) as case:
            for first, last in ranges:
                people = case.reader.people(first, last)
                _take_over(case, people)
                entries.compare_customers(case, people)
                entries.compare_addresses(case, case.reader.entries(first, last, "a:"))
    return findings


@contextmanager
def _case(store: Store, policy: Policy, findings: Findings, since: int, now: int) -> Iterator[Case]:
    """A case in a transaction of its own."""
    with transaction(store.engine, reading=True) as conn:
        reader = Reader(conn, store.tenant)
        yield Case(
            policy=policy, reader=reader, findings=findings, since=since, now=now, unions=Unions(reader.merged())
        )


def _judge_customers(case: Case, first: int, last: int, sums: entries.Sums) -> None:
    people = case.reader.people(first, last)
    case.suppressed = case.reader.suppressed({e.address_key for person in people for e in person.entries} - {""})
    _take_over(case, people)
    for person in people:
        subject = f"c:{person.id}"
        sums.add(entries.standing(case, person))
        if person.id in case.unions.into:
            person.entries = case.unions.truth(case.reader, person)
        _count(case, person)
        spacing.judge(case, subject, person.entries)
        spacing.judge_back_off(case, subject, person.entries, person.heard)
        clocks.judge(case, subject, person.entries, person.row)
        words.judge(case, person)
        books.judge(case, person)


def _take_over(case: Case, people: list[Person]) -> None:
    """What each of them took over from others."""
    taken = ((person.id, case.unions.taken(case.reader, person.id)) for person in people)
    case.taken = {id: one for id, one in taken if one is not None}


def _judge_addresses(case: Case, first: int, last: int, sums: entries.Sums) -> None:
    for subject, group in groupby(case.reader.entries(first, last, "a:"), key=lambda e: e.subject):
        mine = list(group)
        sums.add(mine)
        spacing.judge(case, subject, mine)


def _count(case: Case, person: Person) -> None:
    """What is judged, and what can't be. Who has become another is counted as that one."""
    lived = [e for e in person.entries if e.live and e.at >= case.since]
    copies = [copy.made for e in lived if (copy := case.taken_over(e)) is not None]
    counted = [e for e in lived if case.taken_over(e) is None and case.maker(e) != "hand"]
    reached = counted or any(case.maker(e) != "hand" for e in copies)
    case.findings.touches += len(counted)
    case.findings.customers += bool(reached and person.id not in case.unions.into)
    for e in counted:
        if case.maker(e) == "other":
            case.findings.not_judged["all but gap, suppression and withdrawals: decided by another cadence"] += 1
        elif case.maker(e) == "old":
            case.findings.not_judged["all but the gap: from before it was kept what was known"] += 1
