"""A call that the house's telephone provider puts through: it rings whoever has the card first, and the customer once
somebody is there. What is known of it only goes forward, in whatever order the news comes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

#: How far a call has come, in order. `asked`: the provider is being asked; `phoning`: the staff's phone is to ring;
#: `picked_up`: she has it in her hand; `going`: she said that she is there, and the customer is dialled; `ringing`: at
#: the customer's; `talking`: somebody took it there; `ended`; `failed`: it never began.
STATES: Final = ("asked", "phoning", "picked_up", "going", "ringing", "talking", "ended", "failed")
#: What may come of a leg, in Twilio's words: https://www.twilio.com/docs/voice/api/call-resource#call-status-values
ENDS: Final = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
#: For so long, in seconds, a phone of the staff rings (mailboxes begin later), and for so long the customer's.
RING_STAFF, RING_CUSTOMER = 20, 30
#: By then a call whose customer isn't dialled is over, whatever was heard of it.
UNHEARD: Final = timedelta(minutes=2)
#: And any other; the provider ends it before.
LONGEST: Final = timedelta(hours=4)
#: What the end of the customer's leg suggests that staff say of it.
SUGGESTS: Final = {"busy": "no_answer", "no-answer": "no_answer", "completed": "reached"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """One call for one card. `n` counts the card's calls; `by` whom it was asked, `at` when (RFC 3339), under the claim
    that began at `claim`; `sid` is the provider's id. `result` is what came of the customer's leg (of `ENDS`), "" while
    it isn't known or there was none; `seconds` how long they talked; `told` why it failed, in words."""

    n: int = 0
    by: str = ""
    at: str = ""
    claim: str = ""
    sid: str = ""
    state: str = ""
    result: str = ""
    seconds: int = 0
    told: str = ""

    @property
    def reached_her(self) -> bool:
        """Whether the customer's phone was dialled, as far as is known."""
        return self.state in ("going", "ringing", "talking") or bool(self.result)

    @property
    def suggests(self) -> str:
        """The outcome that it suggests; "" for none."""
        return SUGGESTS.get(self.result, "") if self.state == "ended" else ""

    def under_way(self, now: datetime) -> bool:
        """Whether it may still go on."""
        if not self.state or self.state in ("ended", "failed"):
            return False
        return now - datetime.fromisoformat(self.at) < (LONGEST if self.reached_her else UNHEARD)

    def plain(self) -> dict[str, Any]:
        """As it is kept."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """News of a call: of the staff's leg, or of the customer's (`hers`); `status` in Twilio's words; `seconds` of
    talk."""

    sid: str
    status: str
    hers: bool = False
    seconds: int = 0


def dial_of(kept: dict[str, Any]) -> Dial:
    """What is kept of a card's latest call."""
    return Dial(**kept)


def moved(dial: Dial, heard: Heard) -> Dial:
    """The call after these news; the same where they tell nothing new."""
    if heard.hers and heard.status in ENDS:
        return dial if dial.result else _further(replace(dial, result=heard.status, seconds=heard.seconds), "ended")
    if heard.hers:
        return _further(dial, {"ringing": "ringing", "in-progress": "talking"}.get(heard.status, ""))
    if heard.status in ENDS:
        told = _missed(heard.status) if not dial.reached_her else dial.told
        return _further(replace(dial, told=told), "ended") if dial.state not in ("ended", "failed") else dial
    return _further(dial, {"ringing": "phoning", "in-progress": "picked_up"}.get(heard.status, ""))


def _further(dial: Dial, state: str) -> Dial:
    ahead = state in STATES and dial.state in STATES and STATES.index(state) > STATES.index(dial.state)
    return replace(dial, state=state) if ahead else dial


def _missed(status: str) -> str:
    """Why the customer was never dialled."""
    return {
        "busy": "Your phone is busy", "no-answer": "Your phone was not picked up",
        "completed": "Nobody pressed a key on your phone", "canceled": "The call was taken back",
    }.get(status, "Your phone can't be reached")  # fmt: skip
