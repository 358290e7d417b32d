"""Calls through Twilio: the staff's phone rings first, and the customer is dialled when a key was pressed on it.

The first document goes along with the request (`Twiml`), so Twilio fetches nothing to begin. It only asks for a key: a
mailbox that picks up presses none, so no customer is ever rung up by a mailbox. The key's answer is asked of our own
signed address, which looks once more whether she may be called, and only then names her number.
https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource · https://www.twilio.com/docs/voice/twiml
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped,unused-ignore]
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse  # type: ignore[import-untyped,unused-ignore]

from outreach.calling import Ring
from outreach.core.dialling import LONGEST, RING_CUSTOMER, RING_STAFF
from outreach.errors import ConfigError
from outreach.ports import Answer, Refused, Sent, Unknown, Unsent
from outreach.senders._answers import LONGEST_TEXT
from outreach.senders._line import LineError, NotConnected
from outreach.senders._twilio_line import E164, TwilioLine, check_account

#: Whatever may be a number, however it is written.
NUMBER: Final = re.compile(r"\+?\d[\d ().-]{5,}\d")
SID: Final = re.compile(r"CA[0-9a-fA-F]{32}")
#: Of the calls' own codes those that tell staff something; the rest is told in Twilio's words.
#: https://www.twilio.com/docs/api/errors
CODES: Final = {
    20003: "Twilio does not take our credentials: tell an administrator",
    21211: "your phone's number is none that Twilio can call: correct it under your name",
    21214: "your phone can't be reached by Twilio: is its number right?",
    21215: "Twilio may not call that country: an administrator allows it in Twilio's console (Geo permissions)",
    21216: "Twilio may not call that number",
    21210: "the house's number isn't verified with Twilio: tell an administrator",
    21212: "the house's number is none that Twilio can call from: tell an administrator",
    20429: "Twilio is asked too much at this moment: try again in a minute",
}
ASK: Final = "Press any key to be put through to your customer."
KEY_WITHIN: Final = 10
EVENTS: Final = ("ringing", "answered", "completed")


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioCaller:
    """One Twilio account and the house's number for calls (`from_`). `public_url` is where Twilio finds our addresses.

    Raises:
        ConfigError: credentials, number or public address are missing, or an address that is not https.
    """

    account_sid: str
    auth_token: str = field(repr=False)
    from_: str
    public_url: str
    base_url: str | None = None
    limits: tuple[float, float, float] = (3.0, 10.0, 12.0)

    def __post_init__(self) -> None:
        check_account(self.account_sid, self.auth_token, self.base_url)
        if not E164.fullmatch(self.from_):
            raise ConfigError("calls need a number of the house's to call from, written as +12125550100")
        if not self.public_url:
            raise ConfigError("calls need the house's public address: Twilio asks there before the customer is dialled")

    def ring(self, asked: Ring) -> Answer:
        """One POST; every outcome is one of the four answers."""
        line = TwilioLine(*self.limits)
        try:
            made = line.client(self.account_sid, self.auth_token, self.base_url).calls.create(
                to=asked.to, from_=self.from_, twiml=self._first(asked), timeout=RING_STAFF,
                time_limit=int(LONGEST.total_seconds()), status_callback=self._at("call", asked.card, asked.n),
                status_callback_event=list(EVENTS),
            )  # fmt: skip
        except NotConnected as error:
            return Unsent(code=error.code, text="Twilio can't be reached")
        except LineError as error:
            return Unknown(code=error.code, text="Twilio did not answer")
        except TwilioException as error:
            return _declined(error, line.reply.status)
        except Exception as error:  # a reply of a shape nobody has seen
            return Unknown(code="unreadable", text=f"Twilio's answer can't be read ({type(error).__name__})")
        sid = made.sid
        if isinstance(sid, str) and SID.fullmatch(sid):
            return Sent(provider_id=sid)
        return Unknown(code="unreadable", text="Twilio's answer names no call")

    def state(self, sid: str) -> str:
        """Asked of Twilio, within the same limits."""
        try:
            client = TwilioLine(*self.limits).client(self.account_sid, self.auth_token, self.base_url)
            return str(client.calls(sid).fetch().status)
        except Exception:  # no line, a no, a reply of a shape nobody has seen: then nobody knows
            return ""

    def bridge(self, number: str, card: str, n: int) -> str:
        """TwiML. What becomes of the customer's leg is told to our address as well."""
        dial = Dial(caller_id=self.from_, timeout=RING_CUSTOMER)
        told = self._at("call", card, n, leg="hers")
        dial.number(number, status_callback=told, status_callback_event=" ".join(EVENTS))
        return str(VoiceResponse().append(dial))

    def hang_up(self, why: str) -> str:
        """TwiML."""
        said = VoiceResponse()
        said.say(why)
        said.hangup()
        return str(said)

    def _first(self, asked: Ring) -> str:
        """No name and no number: a mailbox would keep them."""
        action = self._at("bridge", asked.card, asked.n)
        gather = Gather(num_digits=1, finish_on_key="", timeout=KEY_WITHIN, action=action)
        gather.say(ASK)
        first = VoiceResponse().append(gather)
        first.hangup()
        return str(first)

    def _at(self, hook: str, card: str, n: int, **more: str) -> str:
        return f"{self.public_url.rstrip('/')}/hooks/twilio/{hook}?{urlencode({'card': card, 'n': n} | more)}"


def _declined(error: Exception, status: int) -> Answer:
    """Twilio's no, in words for the staff; its own are shown without numbers."""
    code = found if isinstance(found := getattr(error, "code", None), int) else 0
    if not 400 <= status < 500 or status == 408:
        return Unknown(code=str(code or status), text="Twilio had a fault of its own")
    own = NUMBER.sub(
        "[a number]", " ".join(str(getattr(error, "detail", None) or getattr(error, "msg", "") or "").split())
    )
    text = CODES.get(code) or (
        CODES[20429] if status == 429 else f"Twilio says no: {own[:LONGEST_TEXT]} ({code or status})"
    )
    return Refused(code=str(code or status), text=text)
