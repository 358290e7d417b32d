"""The law packs: every row has its source, and its numbers are those of the table; the docs list them all."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from outreach.core.law import Law
from outreach.errors import RulebookError
from outreach.rulebook.atlas import region_of, zones_of_country
from outreach.rulebook.law_packs import HERE, law_pack, laws_of, read_pack
from outreach.rulebook.law_shapes import PACKS
from tests.support.law_docs import written
from tests.support.law_table import KEPT_FOR, TABLE, Row, spans

LAWS = laws_of(PACKS)
DOCS = Path(__file__).parents[2] / "docs" / "laws.md"


def as_row(law: Law) -> Row:
    """The law in the form of the table, from what the guard reads."""
    minutes = [] if law.hours is None else [(d, *span) for d, day in enumerate(law.hours.days) for span in day]
    limits = [(limit.max, limit.per // timedelta(hours=1)) for limit in law.limits]
    place = "-".join(filter(None, (law.countries[0], law.region)))
    eves = "" if law.eves is None else " ".join("{:02}:{:02}".format(*divmod(m, 60)) for m in law.eves.days[0][0])
    return Row(
        hours=repr(minutes), confidence=law.confidence, channels=tuple(sorted(law.channels)),
        holidays=place if law.holidays else "", clock=" ".join(law.zones), eves=eves.replace(" ", "-"),
        limit=limits[0] if limits else None, consent=law.consent, silence=law.silence.days if law.silence else 0,
    )  # fmt: skip


def by_minutes(row: Row) -> Row:
    """The table's row with its hours taken apart."""
    taken_apart = sorted((day, start, end) for days, start, end in spans(row.hours) for day in days)
    return Row(**{**vars(row), "hours": repr(taken_apart)})


def test_the_numbers_are_those_of_the_table():
    found: dict[str, list[Row]] = {}
    for law in LAWS:
        found.setdefault(law.code, []).append(as_row(law))
    assert found == {code: [by_minutes(row) for row in rows] for code, rows in TABLE.items()}


@pytest.mark.parametrize("law", LAWS, ids=[f"{law.code}-{n}" for n, law in enumerate(LAWS)])
def test_every_row_says_where_it_is_from_when_it_was_read_and_how_sure_we_are(law: Law):
    assert len(law.source) > 8
    assert len(law.read_in) > 8
    assert date(2026, 1, 1) <= law.as_of <= date(2026, 11, 22)
    assert law.confidence in ("V", "V2", "V/V2", "V/R", "V2/R")
    assert law.purposes == frozenset(KEPT_FOR)


def test_there_are_as_many_packs_as_files():
    assert {path.stem for path in HERE.iterdir()} == set(PACKS)


@pytest.mark.parametrize("law", LAWS, ids=[f"{law.code}-{n}" for n, law in enumerate(LAWS)])
def test_every_place_is_on_the_map(law: Law):
    assert all(zones_of_country(country) for country in law.countries)
    if law.region:
        assert region_of(law.countries[0], law.region)[0] == law.region
        assert region_of(law.countries[0], law.place)[0] == law.region


def test_a_pack_is_read_once_and_a_name_given_twice_counts_once():
    assert law_pack("fr") is law_pack("fr")
    assert laws_of(["fr", "us", "fr"]) == law_pack("fr") + law_pack("us")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (("    source: UWG § 7, § 7a\n", ""), "de.yaml:6:5: error: `source` is missing"),
        (("confidence: V", "confidence: sure"), "`confidence` can't be `sure`"),
        (("as_of: 2026-11-22", "as_of: soon"), "`soon` is not a date"),
        (("consent: true", "consents: true"), "did you mean `consent`?"),
        (("consent: true", "purposes: [safety]"), "can't be `safety`"),
    ],
)
def test_a_damaged_pack_is_told_at_its_place(tmp_path: Path, damage: tuple[str, str], told: str):
    text = (HERE / "de.yaml").read_text(encoding="utf-8")
    assert damage[0] in text
    (tmp_path / "de.yaml").write_text(text.replace(*damage), encoding="utf-8")
    with pytest.raises(RulebookError) as caught:
        read_pack(tmp_path / "de.yaml")
    assert told in "\n".join(map(str, caught.value.problems))


def test_the_docs_list_them_all():
    """To bring the page up to date, delete it: the next run writes it anew, and fails so that somebody reads it."""
    if not DOCS.exists():
        DOCS.write_text(written(PACKS), encoding="utf-8")
        pytest.fail("docs/laws.md was written: read it, then run again")
    assert DOCS.read_text(encoding="utf-8") == written(PACKS)
