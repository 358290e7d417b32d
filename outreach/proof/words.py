"""Words: what customers said, and where nothing may go; each as it was known at the moment of a contact.

News may come late, and then nobody could have heeded it: a no binds from when it was known, and not in the very moment
in which it came in. What an import told of bears no date at which it came, so it accuses nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from outreach.core.cadence import length
from outreach.proof.case import Case
from outreach.proof.findings import Fault, moment
from outreach.proof.places import binding
from outreach.proof.rows import Entry, Held, Listed, Person, Said, read_known

_US: Final = timedelta(microseconds=1)
_PROACTIVE: Final = frozenset({"marketing", "care"})
#: A doubtful reply holds so long, if nobody reads it.
_PAUSE: Final = timedelta(hours=24) // _US
_SAID: Final = {
    "withdrawn": "the customer has withdrawn her consent", "expired": "consent had run out",
    "none": "no consent was recorded",
}  # fmt: skip
_IMPORT: Final = "consent: a withdrawal came with an import, or is of one who was erased: nobody knows when it came"
#: Where a merge says a withdrawal once more, in its own moment.
_RESTATED: Final = "customer.merged: "


def judge(case: Case, person: Person) -> None:
    """All contacts of one customer."""
    subject = f"c:{person.id}"
    for e in person.entries:
        maker = case.maker(e)
        if not e.live or e.at < case.since or maker in ("hand", "old") or case.taken_over(e) is not None:
            continue
        faults = [*_suppressed(case, subject, e), *_consent(case, subject, person, e, in_force=maker == "engine")]
        if maker == "engine" and e.purpose in _PROACTIVE:
            faults += _silence(case, subject, person, e)
        if maker == "engine":
            faults += _holds(case, subject, person, e)
        for fault in faults:
            case.findings.broke(fault)


def _suppressed(case: Case, subject: str, e: Entry) -> Iterator[Fault]:
    case.findings.asked["suppression"] += 1
    for s in case.suppressed.get(e.address_key, ()):
        past = s.reason == "do_not_call" and e.channel == "call" and e.purpose == "safety"
        if ":" not in s.scope and s.scope in ("all", e.channel) and s.since < e.at and not past:
            said = f"a {e.channel} went to an address on the suppression list since {moment(s.since)} ({s.reason})"
            yield _fault(e, subject, "suppression", f"suppressed:{e.channel}", said, {"since": moment(s.since)})
            return


def _consent(case: Case, subject: str, person: Person, e: Entry, *, in_force: bool) -> Iterator[Fault]:
    """`in_force`: by the cadence of today, whose word on consent counts."""
    case.findings.asked["consent"] += 1
    lines = (s for s in (*person.said, *_at_address(case.suppressed.get(e.address_key, ()))) if s.at <= e.at)
    about = [s for s in lines if s.channel in (e.channel, "all") and s.purpose in (e.purpose, "all")]
    needs = in_force and _needs(case, e)
    if not _against(_status(about, e.at), needs):
        return
    sure = [s for s in about if s.given or _known_before(case, s, e)]
    status = _status(sure, e.at)
    if _against(status, needs):
        rule = f"{'opted_out' if status == 'withdrawn' else 'no_consent'}:{e.channel}"
        said = f"a {e.channel} ({e.purpose}): {_SAID[status]}"
        numbers = {"status": status, "withdrawn": [moment(s.at) for s in sure if not s.given]}
        yield _fault(e, subject, "consent", rule, said, numbers)
    elif _against(_status([s for s in about if s.given or s in sure or _known(case, s) is None], e.at), needs):
        case.findings.not_judged[_IMPORT] += 1


def _against(status: str, needs: bool) -> bool:
    """Whether this makes a contact one that must not be."""
    return status == "withdrawn" or (needs and status != "given")


def _needs(case: Case, e: Entry) -> bool:
    """Whether house or law want a recorded yes."""
    rule = case.policy.cadence.purposes[e.purpose].consent
    lawful = binding(case.policy.cadence.laws, read_known(e.known).places, e.channel, e.purpose)
    asked = e.purpose == "marketing" and rule != "not needed" and any(one.law.consent for one in lawful)
    return rule == "required" or asked


def _status(about: Sequence[Said], at: int) -> str:
    """`given`, `withdrawn`, `expired` or `none`: a later yes in words lifts a no, with evidence where it was about
    everything."""
    noes = [s for s in about if not s.given]
    yeses = [s for s in about if s.given and all(_lifts(s, no) for no in noes)]
    if any(s.expires is None or at < s.expires for s in yeses):
        return "given"
    return "withdrawn" if noes else "expired" if yeses else "none"


def _lifts(yes: Said, no: Said) -> bool:
    return yes.at > no.at and not yes.basis.startswith("implied") and (no.purpose != "all" or bool(yes.evidence))


def _at_address(listed: Sequence[Listed]) -> Iterator[Said]:
    """Withdrawals that hold for everybody at an address. `basis` keeps whose they are: the address's."""
    for s in listed:
        channel, colon, purpose = s.scope.partition(":")
        if colon:
            yield Said(f"a:{s.key}", channel, purpose, False, s.since, "", "", None)


def _known_before(case: Case, no: Said, e: Entry) -> bool:
    """Whether it was known of before this contact."""
    known = no.at if no.source.startswith(_RESTATED) else _known(case, no)
    return known is not None and known < e.at


def _known(case: Case, no: Said) -> int | None:
    """Since when it was known for sure; None when no event tells. At an address anybody there may have said it."""
    at_address = no.customer.startswith("a:")
    who = case.reader.sharing(no.customer[2:]) if at_address else [no.customer]
    found = [known for c in who if (known := case.known(c, no.at, here=not at_address)) is not None]
    return max(found, default=None)


def _silence(case: Case, subject: str, person: Person, e: Entry) -> Iterator[Fault]:
    span = case.policy.cadence.silence
    if not span:
        return
    case.findings.asked["silence"] += 1
    for h in person.held:
        if h.name == "refusal" and h.opened < e.at < h.opened + span // _US and _opened_before(case, h, e):
            numbers = {"refused": moment(h.opened), "silence": length(span)}
            said = f"a {e.channel} ({e.purpose}) within {length(span)} of a refusal on {moment(h.opened)}"
            yield _fault(e, subject, "silence", f"silence:{length(span)}", said, numbers)


def _holds(case: Case, subject: str, person: Person, e: Entry) -> Iterator[Fault]:
    wanted = {h.name for h in case.policy.cadence.holds if e.purpose in h.purposes}
    if e.purpose in _PROACTIVE:
        wanted.add("reply")
    if wanted:
        case.findings.asked["hold"] += 1
    for h in person.held:
        if h.name in wanted and _over(case, h, e) and _opened_before(case, h, e):
            said = f"a {e.channel} ({e.purpose}) while {h.name} was open since {moment(h.opened)}"
            yield _fault(e, subject, "hold", f"hold:{h.name}", said, {"since": moment(h.opened), "key": h.key})


def _over(case: Case, h: Held, e: Entry) -> bool:
    """Whether the contact lies within the hold."""
    end = h.opened + _PAUSE if h.name == "reply" else None
    ends = [at for at in (end, h.closed) if at is not None]
    return h.opened < e.at < min(ends, default=e.at + 1)


def _opened_before(case: Case, h: Held, e: Entry) -> bool:
    """Whether that was known by then. A reply's hold begins when it is read by us; others when they were told of; what
    was another's, whose hold may have become one with hers, when that one became her."""
    taken = case.taken.get(h.customer)
    if taken is not None and e.at <= taken.holds.get((h.name, h.key), e.at - 1):
        return False
    if h.name == "reply":
        return True
    known = case.known(h.customer, h.opened)
    return known is None or known < e.at


def _fault(e: Entry, subject: str, check: str, rule: str, said: str, numbers: Mapping[str, object]) -> Fault:
    at = moment(e.at)
    return Fault(check=check, rule=rule, subject=subject, ids=(e.id,), at=at, said=said, numbers=dict(numbers))
