"""Consent: what a customer's words, and what was said at her addresses, allow at a given moment.

Two things bind. The words of the consent history: the latest counts, a withdrawal wins a tie. And the suppression list,
by keyed hash of the address, whoever it belongs to: it survives erasure, a new import and a merge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from outreach.core.cadence import Cadence, PurposePolicy
from outreach.core.customer import Consent
from outreach.core.expiring import IMPLIED
from outreach.core.follow_up import TOUCHING, FollowUp
from outreach.core.standing import Standing
from outreach.core.trace import Reason

#: Words against soliciting, which the law protects no further: a safety call passes them, and nothing else does.
SOLICITING: Final = frozenset({"do_not_call"})


class Suppression(NamedTuple):
    """One entry of the suppression list. `scope` is a channel, or `all`: nothing goes there by it. With a purpose
    behind it (`sms:marketing`, `all:all`) it is a withdrawal that somebody at this address has sent, and holds for all
    who share it until one of them agrees anew."""

    key: str
    scope: str
    reason: str
    since: datetime

    @property
    def is_word(self) -> bool:
        """Whether it is a withdrawal, which a later consent may lift."""
        return ":" in self.scope

    def word(self, channel: str) -> Consent | None:
        """What it says about this channel, as a line of consent history; None when it speaks of another."""
        about, _, purpose = self.scope.partition(":")
        if not purpose or about not in (channel, "all"):
            return None
        return Consent(channel=channel, purpose=purpose, given=False, at=self.since, source=self.reason)


@dataclass(frozen=True, slots=True)
class Word:
    """What holds at a moment: `status` is `given` (to `until`; None: without end), `withdrawn`, `expired` or `none`;
    `said` the line that decides."""

    status: str
    said: Consent | None = None
    until: datetime | None = None


NO_WORD = Word("none")


def word(consents: Iterable[Consent], channel: str, purpose: str, at: datetime | None) -> Word:
    """What these lines say about a contact by this channel for this purpose at this moment (None: expiry left aside).

    A withdrawal is lifted by a later yes in words, never by one that is only implied, for a request to stop outlasts
    the business relation (CRTC, CASL guide); one that spoke of every purpose only by a yes with evidence.
    """
    about = [c for c in consents if c.channel in (channel, "all") and c.purpose in (purpose, "all")]
    if not about:
        return NO_WORD
    noes = [c for c in about if not c.given]
    yeses = [c for c in about if c.given and all(_lifts(c, no) for no in noes)] if noes else about
    valid = [c for c in yeses if c.expires is None or at is None or at < c.expires]
    if valid:
        longest = valid[0] if len(valid) == 1 else max(valid, key=lambda c: (c.expires is None, c.expires or c.at))
        return Word("given", longest, longest.expires)
    if noes:
        return Word("withdrawn", max(noes, key=lambda c: c.at))
    if yeses:
        return Word("expired", max(yeses, key=lambda c: c.expires or c.at))
    return NO_WORD


def _lifts(yes: Consent, no: Consent) -> bool:
    return yes.at > no.at and not yes.basis.startswith(IMPLIED) and (no.purpose != "all" or bool(yes.evidence))


def words_at(keys: Mapping[str, str], listed: Iterable[Suppression]) -> list[Consent]:
    """The withdrawals that stand at these addresses (channel → key), as lines of consent history."""
    told = ((channel, s) for s in listed for channel, key in keys.items() if s.key == key)
    return [said for channel, s in told if (said := s.word(channel)) is not None]


def refused(f: FollowUp, standing: Standing, cadence: Cadence) -> Reason | None:
    """Why this contact must not happen at all as things stand: no address, opted out, no consent."""
    if f.channel not in TOUCHING:
        return None
    if not standing.customer.address(f.channel):
        return Reason(code=f"no_address:{f.channel}", text=f"no {_kind(f.channel)} is known for this customer")
    rule = cadence.policy(f.purpose)
    key = standing.address_keys.get(f.channel, "")
    if (why := suppressed(standing.suppressed, key, f.channel, rule)) is not None:
        return Reason(code=f"suppressed:{f.channel}", text=_because(why), numbers={"reason": why})
    return unasked(f, word(standing.consents, f.channel, f.purpose, standing.now), cadence)


def unasked(f: FollowUp, found: Word, cadence: Cadence) -> Reason | None:
    """Why a contact is against the customer's word, or without one that it needs; None when it is neither."""
    if found.status == "withdrawn" and found.said is not None:
        numbers = {"source": found.said.source} if found.said.source else {}
        return Reason(code=f"opted_out:{f.channel}", text=f"withdrawn on {found.said.at:%Y-%m-%d}", numbers=numbers)
    needed = cadence.policy(f.purpose).consent == "required"
    return _no_consent(f, found) if needed and found.status != "given" else None


def suppressed(table: Mapping[tuple[str, str], str], key: str, channel: str, rule: PurposePolicy) -> str | None:
    """Why nothing of a purpose with this policy goes to this address by this channel; None when it may. `table` maps
    (address key, channel or "all") to reasons."""
    whys = (table.get((key, scope)) for scope in (channel, "all"))
    return next((why for why in whys if why is not None and not _passed(why, channel, rule)), None)


def _passed(why: str, channel: str, rule: PurposePolicy) -> bool:
    return rule.consent == "not needed" and channel == "call" and why in SOLICITING


def _no_consent(f: FollowUp, found: Word) -> Reason:
    needs = f"{f.purpose} by {f.channel} needs consent; "
    if found.said is None or found.said.expires is None:
        return Reason(code=f"no_consent:{f.channel}", text=f"{needs}none is recorded")
    ended = found.said.expires
    numbers = {"expired": ended.isoformat(), "basis": found.said.basis or None}
    return Reason(code=f"no_consent:{f.channel}", text=f"{needs}it expired on {ended:%Y-%m-%d}", numbers=numbers)


def _because(why: str) -> str:
    if why == "wrong_number":
        return "this address is somebody else's"
    if why.startswith("provider:"):
        return "the provider said that nothing may go, or nothing comes, to this address"
    return "this address has asked not to be contacted"


def _kind(channel: str) -> str:
    return "e-mail address" if channel == "email" else "phone number"
