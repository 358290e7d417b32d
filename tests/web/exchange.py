"""Twilio with a telephone exchange behind it: it takes calls over its real wire, plays their TwiML, and tells the house
what becomes of each leg, signed as Twilio signs."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from outreach.staff import accounts
from tests.web.callers import PUBLIC, TOKEN, Twilio
from tests.web.crew import hire
from tests.web.house import MAYA, House, haircut
from tests.wire.server import Wire
from tests.wire.twilio import ACCOUNT
from tests.wire.twilio import Twilio as Api

HOUSE, HERS = "+12125550199", "+12125550101"
LENAS, BENS = "+12025550177", "+12025550188"


def settings(wire: Wire, **more: Any) -> dict[str, Any]:
    """A house whose calls are put through over this wire."""
    return {
        "public_url": PUBLIC, "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN,
        "twilio_voice_from": HOUSE, "twilio_base_url": wire.url,
    } | more  # fmt: skip


def staff(house: House) -> None:
    """One call is on the list, and Lena and Ben have phones."""
    house.people(MAYA)
    hire(house, Ada="admin", Lena="staff", Ben="staff", Mark="marketing")
    accounts.set_phone(house.app.store, "Lena", LENAS)
    accounts.set_phone(house.app.store, "Ben", BENS)
    house.happens(haircut())


@dataclass
class Exchange:
    """`dialled` is whose phone rang at the customers' end."""

    house: House
    api: Api
    dialled: list[str]

    @property
    def rung(self) -> list[str]:
        """The staff's phones that rang."""
        return [call["To"] for call in self.api.calls.placed]

    def staff(self, status: str, nth: int = 0, **more: str) -> Any:
        """News of the staff's leg of a call (the latest, or the `nth`, from 1)."""
        call = self.api.calls.placed[nth - 1]
        fields = {"CallSid": self.api.calls.sid(nth), "CallStatus": status, "To": call["To"], "From": call["From"]}
        return self._tell(call["StatusCallback"], fields | more)

    def key(self, nth: int = 0, token: str = TOKEN) -> ET.Element:
        """A key is pressed on the staff's phone; what the house says to that, as TwiML."""
        call = self.api.calls.placed[nth - 1]
        gather = ET.fromstring(call["Twiml"]).find("Gather")
        assert gather is not None
        fields = {"CallSid": self.api.calls.sid(nth), "CallStatus": "in-progress", "Digits": "5", "To": call["To"]}
        answer = self._tell(gather.attrib["action"], fields, token)
        assert answer.status_code == 200, answer.text
        said = ET.fromstring(answer.content)
        self.dialled += [str(number.text) for number in said.iter("Number")]
        self._told = next(said.iter("Number"), None)
        return said

    def customer(self, status: str, **more: str) -> Any:
        """News of the customer's leg, to the address that the house gave."""
        assert self._told is not None
        fields = {"CallSid": "CA" + "f" * 32, "ParentCallSid": self.api.calls.sid(), "CallStatus": status}
        return self._tell(self._told.attrib["statusCallback"], fields | more)

    def _tell(self, url: str, fields: dict[str, str], token: str = TOKEN) -> Any:
        parts = urlsplit(url)
        self.house.clock.instant += timedelta(seconds=1)
        assert url.startswith(PUBLIC)
        return Twilio(self.house).call(f"{parts.path}?{parts.query}", fields, token=token)
