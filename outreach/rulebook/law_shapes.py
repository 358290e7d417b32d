"""The shape of a law pack: rows of hours, limits and consent by place, none without its source, date and confidence;
and the packs' names as the cadence writes them."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from outreach.rulebook.hints import any_of, nearest
from outreach.rulebook.shape import Shape
from outreach.rulebook.times import DateText, ElapsedText, OpeningText, WeekText, WindowText, ZoneText
from outreach.rulebook.values import YesNo
from outreach.rulebook.wording import complaint, described

#: The packs there are; a test holds this and the files equal.
PACKS: Final = ("us", "ca", "fr", "uk", "de", "at", "es", "it", "au", "in")
#: What else people call those places.
_MEANT: Final = {
    "gb": "uk", "united kingdom": "uk", "britain": "uk", "england": "uk", "usa": "us", "united states": "us",
    "america": "us", "canada": "ca", "france": "fr", "germany": "de", "deutschland": "de", "austria": "at",
    "spain": "es", "italy": "it", "australia": "au", "india": "in",
}  # fmt: skip


def _pack(value: object) -> object:
    if value in PACKS:
        return value
    meant = _MEANT.get(nearest(str(value), _MEANT), "")
    hint = f"did you mean `{meant}`?" if meant else f"write {any_of(PACKS)}"
    raise complaint(f"there is no law pack called {described(value)}", hint)


def _none_or_some(value: object) -> object:
    """`none`, one, or a list."""
    return () if value == "none" else tuple(value) if isinstance(value, list) else (value,)


Pack = Annotated[str, BeforeValidator(_pack), WithJsonSchema({"enum": list(PACKS)})]
Packs = Annotated[tuple[Pack, ...], BeforeValidator(_none_or_some, json_schema_input_type=Pack | list[Pack])]

Heard = tuple[Literal["call", "sms"], ...]
Held = tuple[Literal["marketing", "care", "transactional"], ...]


class LimitShape(Shape):
    """At most so many contacts in a rolling window, whoever they were from."""

    called: ClassVar[str] = "limit"

    max: Annotated[int, Field(ge=0)]
    """How many."""
    per: WindowText
    """The window."""


class LawShape(Shape):
    """One row: what a place asks of a contact. Without `region` it holds in the whole country."""

    called: ClassVar[str] = "law"

    place: str
    """How people call the place."""
    region: str = ""
    """ISO 3166-2 without the country."""
    channels: Heard = Field(("call",), strict=False)
    """The channels it speaks of."""
    purposes: Held = Field(("marketing", "care"), strict=False)
    """The purposes it is kept for; never safety."""
    hours: WeekText | None = None
    """When such contacts are allowed, on the customer's clock."""
    also_on_the_clock_of: ZoneText = ""
    """A clock on which the hours hold as well."""
    holidays: YesNo = False
    """Whether the public holidays of the place are closed."""
    eves: OpeningText | None = None
    """The hours that hold besides, on the day before a public holiday."""
    limits: tuple[LimitShape, ...] = Field((), strict=False)
    """Rolling windows."""
    consent: YesNo = False
    """Whether marketing needs a recorded consent."""
    silence_after_refusal: ElapsedText | None = None
    """How long nobody may come back after a no."""
    source: str
    """The law."""
    read_in: str
    """Where it was read."""
    as_of: DateText
    """When it was looked up."""
    confidence: Literal["V", "V2", "R", "V/V2", "V/R", "V2/R"]
    """V: read in the source; V2: read in a second hand; R: recalled. Two of them: parts differ, see the note."""
    note: str = ""
    """What is left out, and what was decided."""


class PackShape(Shape):
    """One file: the laws of one country. The first of `countries` is the one whose parts are meant."""

    called: ClassVar[str] = "law pack"

    name: str
    """The country."""
    countries: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    """ISO 3166."""
    laws: tuple[LawShape, ...] = Field((), strict=False)
    """The rows."""
