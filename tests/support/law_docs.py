"""`docs/laws.md`, written from the packs themselves."""

from __future__ import annotations

from collections.abc import Iterable

from outreach.core.cadence import length
from outreach.core.hours import spell
from outreach.core.law import Law
from outreach.rulebook.law_packs import law_pack

HEAD = """\
# Law packs

Hours and limits of calls and texts that come with Outreach, as data in `outreach/rulebook/laws/`. This page is made
from them. **It is not legal advice:** read the sources before you rely on a row.

`cadence: laws: [us, fr]` switches packs on, `laws: []` switches them off. Then:

- **Which laws hold** is asked of the customer's address *and* of her phone's area code; those of both hold. In a
  country whose parts have laws of their own, all of them hold until the part is known. Where the country isn't known at
  all, calls and texts wait, and say `unknown_place`. In a country without a pack the house's own hours hold alone.
- **The strictest wins**, of laws and house, in every time zone that she may be in. Times are the customer's own; an end
  is exclusive, so at 20:00:00 a day until 20:00 is over. Hours are kept with consent as without it.
- **For what:** `marketing` and `care`. A law of solicitation speaks of marketing; care is held to it as well, because
  suits are brought over it all the same. Not for `transactional`, which answers the customer (the house's hours hold
  for it), and never for `safety`. A purpose with `hours: any` or `obeys_caps: no` is held to the laws all the same.
- **Channels:** calls; texts where the table says so. No law on the hours of e-mail was found.
- **Limits** count every contact that the law speaks of, at the customer and at her phone, whatever it was about: no
  subject is written down, so "on the same subject" is read as "on any".
- **Consent:** marketing needs a recorded yes even where the house's cadence says `assumed`.
- **Reasons** are `law:us-fl:hours`, `law:fr:holiday`, `law:fr:4/30d`, `law:de:consent`, with the law and its source.

*Sure:* V, read in the source named; V2, read in a second hand; R, recalled and not verified; two of them, where
parts differ. Every row was looked up as of the date beside it, and holds for the past in a simulation, too.

"""
COLUMNS = "| code | hours, on her clock | and | for | sure | as of |\n| --- | --- | --- | --- | --- | --- |\n"


def written(packs: Iterable[str]) -> str:
    """The page."""
    return HEAD + "\n".join(map(_pack, packs))


def _pack(name: str) -> str:
    laws = law_pack(name)
    lines = "".join(_row(law) for law in laws)
    more = "".join(_more(law) for law in laws)
    return f"## `{name}`\n\n{COLUMNS}{lines}\n{more}"


def _row(law: Law) -> str:
    hours = "any" if law.hours is None else spell(law.hours)
    cells = (f"`{law.code}`", hours, "; ".join(_besides(law)), ", ".join(sorted(law.channels)), law.confidence,
             str(law.as_of))  # fmt: skip
    return f"| {' | '.join(cells)} |\n"


def _besides(law: Law) -> Iterable[str]:
    if law.holidays:
        yield "no public holidays"
    if law.eves is not None:
        yield f"on their eves {spell(law.eves).split(' ')[1]}"
    yield from (f"at most {limit.label}" for limit in law.limits)
    if law.consent:
        yield "marketing needs consent"
    if law.silence is not None:
        yield f"silence after a refusal {length(law.silence)}"
    yield from (f"also on the clock of {zone}" for zone in law.zones)


def _more(law: Law) -> str:
    return f"- **{law.place}**: {law.source}. Read in: {law.read_in}.{f' {law.note}' if law.note else ''}\n"
