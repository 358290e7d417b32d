"""Hours and days: whether a contact came at an hour that house and law allow, on every clock she may live by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from outreach.proof.case import Case
from outreach.proof.findings import Fault, moment
from outreach.proof.places import Binding, binding, zone, zones_of
from outreach.proof.rows import Entry, Known, Row, read_known

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
Days = Sequence[Sequence[tuple[int, int]]]


def judge(case: Case, subject: str, entries: Sequence[Entry], row: Row | None) -> None:
    """All contacts of one customer that the cadence in force decided."""
    for e in entries:
        if e.live and e.at >= case.since and case.maker(e) == "engine" and case.taken_over(e) is None:
            known = read_known(e.known)
            if _other_map(case, e, row, known):
                case.findings.not_judged["hours: other tables tell her zones today"] += 1
                continue
            for fault in (*_house(case, subject, e, known), *_laws(case, subject, e, known)):
                case.findings.broke(fault)


def _other_map(case: Case, e: Entry, row: Row | None, known: Known) -> bool:
    """Whether she is who she was, and is said to be somewhere else."""
    return row is not None and row.updated < e.at and zones_of(row, case.policy) != set(known.zones)


def _house(case: Case, subject: str, e: Entry, known: Known) -> Iterator[Fault]:
    cadence, calendar = case.policy.cadence, case.policy.calendar
    rule, week = cadence.purposes[e.purpose], cadence.hours.get(e.channel)
    keeps = cadence.holidays == "customer" and e.channel in ("call", "sms")
    if rule.any_hours or (week is None and not keeps):
        return
    if not known.zones:
        yield _fault(e, subject, "hours", "unknown_timezone", "nothing tells her time zone", {})
    for name in known.zones:
        local = _local(e.at, name)
        if week is not None:
            case.findings.asked["hours"] += 1
            if not _open(week.days, local):
                yield _fault(
                    e, subject, "hours", f"hours:{e.channel}", f"at {local:%a %H:%M} on her clock", _told(name, local)
                )
        if keeps:
            case.findings.asked["holiday"] += 1
            day = local.date()
            shut = day in case.policy.holidays(*known.home, day.year) or day in calendar.closed
            if shut and day not in calendar.open:
                yield _fault(
                    e, subject, "holiday", "holiday", f"on {day}, a holiday or a closed day", _told(name, local)
                )


def _laws(case: Case, subject: str, e: Entry, known: Known) -> Iterator[Fault]:
    laws = case.policy.cadence.laws
    if not known.places and any(law.covers(e.channel, e.purpose) for law in laws):
        yield _fault(e, subject, "law", "unknown_place", "nothing tells in which country she is", {})
    for one in binding(laws, known.places, e.channel, e.purpose):
        law, holiday = one.law, _holiday(case, one)
        if law.hours is None and not law.holidays:
            continue
        if not known.zones:
            yield _fault(e, subject, "law", "unknown_timezone", "nothing tells her time zone", {})
        for name in {*known.zones, *law.zones}:
            case.findings.asked["law"] += 1
            local = _local(e.at, name)
            eve = law.eves is not None and holiday(local.date() + _DAY)
            if law.holidays and holiday(local.date()):
                yield _fault(
                    e, subject, "law", f"{law.code}:holiday", f"on {local.date()}, a holiday", _told(name, local)
                )
            elif (law.hours is not None and not _open(law.hours.days, local)) or (
                eve and law.eves is not None and not _open(law.eves.days, local)
            ):
                yield _fault(
                    e, subject, "law", f"{law.code}:hours", f"at {local:%a %H:%M} on her clock", _told(name, local)
                )


def _holiday(case: Case, one: Binding) -> Callable[[date], bool]:
    return lambda day: any(day in case.policy.holidays(*place, day.year) for place in one.places)


def _local(at: int, name: str) -> datetime:
    """What that clock shows."""
    return (_EPOCH + timedelta(microseconds=at)).astimezone(zone(name))


def _open(days: Days, local: datetime) -> bool:
    minute = 60 * local.hour + local.minute
    return any(start <= minute < end for start, end in days[local.weekday()])


def _told(name: str, local: datetime) -> dict[str, object]:
    return {"zone": name, "local": local.isoformat()}


def _fault(e: Entry, subject: str, check: str, rule: str, said: str, numbers: dict[str, object]) -> Fault:
    told = f"a {e.channel} ({e.purpose}) {said}"
    return Fault(check=check, rule=rule, subject=subject, ids=(e.id,), at=moment(e.at), said=told, numbers=numbers)
