"""Distances in the ledger: the minimum gap, the caps, the limits of laws, and the back-off; in integers.

Each contact is judged by those before it: what comes after it had to make way itself. Of two of one instant the one
whose id sorts first counts as the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from outreach.core.cadence import BackOff, Cap, length
from outreach.core.law import Law
from outreach.proof.case import Case
from outreach.proof.findings import Fault, moment
from outreach.proof.places import binding
from outreach.proof.rows import Entry, Heard, read_known
from outreach.proof.signs import Signs

_US: Final = timedelta(microseconds=1)


def judge(case: Case, subject: str, entries: Sequence[Entry]) -> None:
    """All contacts of one subject, a customer or an address, in order of time."""
    live = [e for e in entries if e.live]
    for i, e in enumerate(live):
        if e.at < case.since or case.taken_over(e) is not None:
            continue
        for fault in _faults(case, subject, live, i):
            case.teller(e)(fault)


def _faults(case: Case, subject: str, live: Sequence[Entry], i: int) -> Iterator[Fault]:
    e, maker, cadence = live[i], case.maker(live[i]), case.policy.cadence
    obeys = case.obeys(e.purpose)
    if e.gap_until is not None or (obeys and maker == "hand"):
        gap = cadence.min_gap if e.gap_until is None else (e.gap_until - e.at) * _US
        yield from _crowd(case, subject, live, i, 1, gap, "gap", f"gap:{length(gap)}", _keeps_distance)
    if maker == "engine" and obeys and e.counts != "no" and cadence.min_gap:
        yield from _keeps_gap(e, subject, cadence.min_gap)
    if obeys and maker in ("engine", "hand"):
        for cap in cadence.caps:
            if cap.covers(e.channel, e.purpose):
                yield from _crowd(
                    case, subject, live, i, cap.max, cap.per, "cap", f"cap:{cap.label}",
                    _under(cap),
                )  # fmt: skip
    if maker == "engine":
        for law, _ in binding(cadence.laws, read_known(e.known).places, e.channel, e.purpose):
            for limit in law.limits:
                yield from _crowd(
                    case, subject, live, i, limit.max, limit.per, "law", f"{law.code}:{limit.label}",
                    _spoken_of(law),
                )  # fmt: skip


def _keeps_distance(o: Entry) -> bool:
    return o.counts != "no"


def _under(cap: Cap) -> Callable[[Entry], bool]:
    return lambda o: o.counts == "yes" and cap.covers(o.channel, o.purpose)


def _spoken_of(law: Law) -> Callable[[Entry], bool]:
    return lambda o: law.covers(o.channel, o.purpose)


def _crowd(
    case: Case, subject: str, live: Sequence[Entry], i: int, most: int, window: timedelta, check: str, rule: str,
    counts: Callable[[Entry], bool],
) -> Iterator[Fault]:  # fmt: skip
    """One more than `most` in a window that ends with this contact: those before it that count, half-open."""
    e = live[i]
    if case.maker(e) != "hand":
        case.findings.asked[check] += 1
    near = [o for o in _before(case, live, i, window // _US) if counts(o)]
    if len(near) < most:
        return
    if case.maker(e) != "hand":
        near = [o for o in near if not case.told_later(o, e.at)]
    if len(near) >= most:
        since = (e.at - max(o.at for o in near)) // 60_000_000 if near else None
        said = f"{len(near) + 1} contacts in {length(window)}" if check != "gap" else f"{since} minutes after another"
        ids = (*(o.id for o in reversed(near)), e.id)
        numbers = {"allowed": most, "found": len(near) + 1, "window": length(window), "minutes_since": since}
        yield Fault(check=check, rule=rule, subject=subject, ids=ids, at=moment(e.at), said=said, numbers=numbers)


def _before(case: Case, live: Sequence[Entry], i: int, window: int) -> Iterator[Entry]:
    """Those that lie less than a window before this one, the nearest first. What a person did in the very same moment,
    or what obeys no caps, may as well have come after it."""
    e = live[i]
    for o in reversed(live[:i]):
        if e.at - o.at >= window:
            return
        if (o.at < e.at or (o.decided and case.obeys(o.purpose))) and not case.was_apart(o, e.at):
            yield o


def _keeps_gap(e: Entry, subject: str, gap: timedelta) -> Iterator[Fault]:
    """The database's own guard of the gap needs to know it."""
    kept = None if e.gap_until is None else e.gap_until - e.at
    if kept != gap // _US:
        said = f"its place in the ledger keeps {'no gap' if kept is None else length(kept * _US)}"
        yield Fault(check="gap", rule=f"gap:{length(gap)}", subject=subject, ids=(e.id,), at=moment(e.at), said=said)


def judge_back_off(case: Case, subject: str, entries: Sequence[Entry], heard: Sequence[Heard]) -> None:
    """Whether contacts that nothing comes back from lie farther and farther apart; a customer's, not an address's."""
    rule, gap = case.policy.cadence.back_off, case.policy.cadence.min_gap // _US
    if rule is None or not gap:
        return
    row = [e for e in entries if e.live and e.counts != "no" and case.obeys(e.purpose)]
    signs = Signs.of(heard)
    for i, e in enumerate(row):
        if case.maker(e) != "engine" or e.at < case.since or case.taken_over(e) is not None:
            continue
        case.findings.asked["back_off"] += 1
        sign = signs.latest_at(e.at)
        silent = [o for o in _unanswered(row, i, sign) if not case.was_apart(o, e.at)]
        if _too_soon(rule, gap, e, silent):
            silent = [o for o in silent if not case.told_later(o, e.at)]
            if _too_soon(rule, gap, e, silent):
                case.findings.broke(_pushy(subject, rule, gap, e, silent, sign))


def _unanswered(row: Sequence[Entry], i: int, sign: int | None) -> list[Entry]:
    return [o for o in row[:i] if o.at < row[i].at and (sign is None or o.at >= sign)]


def _too_soon(rule: BackOff, gap: int, e: Entry, silent: Sequence[Entry]) -> bool:
    return bool(silent) and e.at - silent[-1].at < _needed(rule, gap, len(silent)) - 1  # a factor may be a fraction


def _needed(rule: BackOff, gap: int, silent: int) -> int:
    """The distance, in microseconds, that so many unanswered contacts ask for."""
    times = min(float(rule.longest), float(rule.factor) ** min(64, max(0, silent - rule.after)))
    return round(gap * times)


def _pushy(subject: str, rule: BackOff, gap: int, e: Entry, silent: Sequence[Entry], sign: int | None) -> Fault:
    needed = length(_needed(rule, gap, len(silent)) * _US)
    numbers = {
        "unanswered": len(silent), "needed": needed, "minutes_since": (e.at - silent[-1].at) // 60_000_000,
        "last_sign": moment(sign) if sign is not None else None,
    }  # fmt: skip
    said = f"{len(silent)} contacts in a row went unanswered: {needed} had to lie between"
    return Fault(
        check="back_off", rule=f"back_off:{needed}", subject=subject, ids=(silent[-1].id, e.id), at=moment(e.at),
        said=said, numbers=numbers,
    )  # fmt: skip
