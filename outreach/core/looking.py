"""Looking up what may have been sent: when, in which window, and what the findings prove.

A message that was created by an attempt was created between its intent and the end of its call; the window is a little
wider on both sides, for clocks and slow providers. Without bounds a look-up would find another follow-up's message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

#: After the intent; from the last one on once an hour.
LOOKS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
HOURLY = timedelta(hours=1)
#: Not found so long after the intent, at so many looks: it was not sent. Longer than providers take to show a message.
SETTLE, EMPTY_LOOKS = timedelta(minutes=15), 2
#: A provider that sends in two phases takes no message whose moment is nearer than that.
REFUSED_BEFORE = timedelta(minutes=5)
#: After so long a person decides.
GIVE_UP = timedelta(hours=6)
#: Intent, deadline for the call (5 s), the call (12 s), and what a provider may take to write it down.
BEFORE, AFTER = timedelta(seconds=5), timedelta(seconds=5 + 12 + 120)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What to look for at a provider: the message of one attempt, created from `since` until `until` (UTC). `beyond`:
    list also what was created after it, until then; it is no attempt's own, and says that somebody woke late."""

    attempt: str
    channel: str
    to: str
    body: str
    since: datetime
    until: datetime
    beyond: datetime | None = None

    @property
    def last(self) -> datetime:
        """Until when messages are listed."""
        return max(self.until, self.beyond or self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A message that the provider has: to that address, from this sender, created in the window or beyond. `text` is
    its body as the provider keeps it; `status` as in `core.delivery`, or `canceled`."""

    provider_id: str
    status: str
    at: datetime
    text: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CannotTell:
    """The look-up says nothing: the provider was out of reach or had too much to list; `for_good`: there is no
    look-up."""

    text: str
    for_good: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """Instead of a look: whatever of it is at the provider, or comes there yet, will not be sent."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is known after a look: `accepted` (as `message`), `unsent` (proven), `again` (look later) or `person`."""

    kind: str
    message: str = ""
    evidence: str = ""


def next_look(made: datetime, now: datetime, send_at: datetime | None = None) -> datetime:
    """When an attempt whose intent was written at `made` is looked up after `now`; one that is to be sent at `send_at`
    also once nobody can create it any more."""
    looks = [made + after for after in LOOKS] + ([fence_of(send_at)] if send_at else [])
    for look in sorted(looks):
        if look > now:
            return look
    return max(now, made) + HOURLY


def fence_of(send_at: datetime) -> datetime:
    """From then on a message that isn't at the provider can't come to be there: it refuses a `send_at` that is nearer
    than five minutes. A minute more, for clocks."""
    return send_at - REFUSED_BEFORE + timedelta(minutes=1)


def judge(
    made: datetime, now: datetime, looks: int, matches: Sequence[str], strangers: int = 0,
    send_at: datetime | None = None, late: Sequence[str] = (),
) -> Verdict:  # fmt: skip
    """After a look at `now` that found these messages (ids) of the attempt's own; `looks` were empty, with this one.
    `strangers` are messages to her in that window that no attempt accounts for: perhaps ours, in other letters. `late`
    are such with this very text, but created after the window: by a worker that stood still before its call, or by
    somebody else."""
    if len(matches) == 1:
        return Verdict(kind="accepted", message=matches[0])
    if matches:
        return Verdict(kind="person", evidence=f"the provider has {len(matches)} such messages: {', '.join(matches)}")
    if late:
        told = f"{len(late)} such message(s), made after this attempt could have made them: {', '.join(late)}"
        return Verdict(kind="person", evidence=f"the provider has {told}")
    fenced = send_at is not None and now >= fence_of(send_at)
    if not fenced and (looks < EMPTY_LOOKS or now - made < SETTLE):
        return Verdict(kind="again", evidence="not found yet")
    if strangers:
        told = f"{strangers} message(s) to that address in that time, none with this text"
        return Verdict(kind="person", evidence=f"the provider has {told}")
    return Verdict(kind="unsent", evidence=f"not at the provider at {looks} looks, the last {_told(now - made)} after")


def blind(made: datetime, now: datetime, why: str, *, for_good: bool) -> Verdict:
    """After a look that could not see. What can never be told that way goes to a person sooner, unless news of the
    provider's own come first."""
    patience = SETTLE if for_good else GIVE_UP
    return Verdict(kind="person" if now - made >= patience else "again", evidence=why)


def _told(time: timedelta) -> str:
    return f"{int(time.total_seconds() // 60)} min"
