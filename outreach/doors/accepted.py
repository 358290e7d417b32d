"""What a provider says it accepted: a file of channel, address and instant, as CSV or JSON lines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from outreach.doors.addresses import email, phone
from outreach.doors.checks import Unfit, instant, kind, only, text
from outreach.doors.columns import Columns
from outreach.doors.lines import Rejected, read_line
from outreach.doors.reading import Kind, Reading
from outreach.doors.sources import open_source
from outreach.errors import InputError
from outreach.flow.reopening import Accepted

NAMES = ("channel", "to", "at")
CHANNELS = {"sms": phone, "call": phone, "email": email}


def read_accepted(path: Path | str) -> list[Accepted]:
    """All of it: a list with a gap in it would let somebody be contacted twice. Raises InputError, which names the
    first line that can't be understood."""
    found: list[Accepted] = []
    with open_source(path) as source:
        reading = Reading(source, _KIND)
        for number, _, one in reading:
            if isinstance(one, Rejected):
                raise InputError(f"{source.name}, {reading.unit} {number}: {one.reason}; nothing of it was taken")
            found.append(one)
    return found


def _of_row(plain: object) -> Accepted | str:
    try:
        return _accepted(plain)
    except Unfit as unfit:
        return str(unfit)


def _of_line(line: bytes, number: int) -> Accepted | Rejected:
    return read_line(line, number, _accepted)


def _accepted(plain: object) -> Accepted:
    if not isinstance(plain, Mapping):
        raise Unfit(f"a message is an object ({{…}}), this is {kind(plain)}")
    only(plain, NAMES, "write channel, to and at")
    channel = text(plain, "channel", required=True).lower()
    if channel not in CHANNELS:
        raise Unfit(f"channel {channel!r} is none: write sms, email or call")
    to = CHANNELS[channel](text(plain, "to", required=True))
    return Accepted(channel=channel, address=to, at=instant(plain.get("at"), "at"))


_KIND: Kind[Accepted] = Kind(
    of_line=_of_line, of_row=_of_row,
    columns=Columns(required=NAMES, allowed=frozenset(NAMES), nests=frozenset(), texts=frozenset(NAMES)),
)  # fmt: skip
