from __future__ import annotations

import html
import re

import pytest

from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.store import finding
from tests.web.house import MAYA, MONDAY, House, plain

NASTY = "<script>alert('x')</script>"
PEOPLE = (
    Customer(id="jm", first_name="Jürgen", last_name="Müller-Nakamura", email="jm@example.org", phone="+4930123456"),
    Customer(id="husband", first_name="Ade", last_name="Okafor", phone=MAYA.phone),
    Customer(id="nobody/in particular"),
)


def found(house: House, q: str, **more: str) -> list[str]:
    answer = house.client.get("/customers", params={"q": q} | more)
    assert answer.status_code == 200, answer.text
    links = re.findall(r'<a href="/customers/([^"]+)"><strong>', answer.text)
    return [html.unescape(link) for link in links]


@pytest.fixture
def known(house: House) -> House:
    house.people(*PEOPLE)
    return house


@pytest.mark.parametrize(
    ("asked", "who"),
    [
        ("maya", ["maya"]), ("OKAFOR may", ["maya"]), ("oka", ["husband", "maya"]), ("muller", ["jm"]),
        ("mülle", ["jm"]), ("nakam jur", ["jm"]), ("JM@example.ORG", ["jm"]), ("jm@", ["jm"]), ("3012", ["jm"]),
        ("+49 30 123456", ["jm"]), ("(212) 555-0101", ["husband", "maya"]), ("+1 212 555 0101", ["husband", "maya"]),
        ("nobody/in particular", ["nobody/in%20particular"]), ("afor", []), ("0", []), ("%", []), ("_", []),
        ("   ", []),
    ],
)  # fmt: skip
def test_finding_somebody(known: House, asked: str, who: list[str]):
    assert sorted(found(known, asked)) == who


def test_somebody_who_was_merged_is_found_by_the_old_id(known: House):
    merged = Event(id="m", type="customer.merged", customer="jm", time=MONDAY, data={"into": "maya"})
    known.app.engine.ingest([merged])
    assert found(known, "jm") == ["maya"]


def test_an_empty_answer_teaches(known: House):
    text = html.unescape(plain(known.client.get("/customers?q=zebra").text))
    assert "Nobody is known by “zebra”" in text
    assert "four digits of it in a row" in text
    assert "Whom are you looking for?" in known.client.get("/customers").text


def test_whatever_is_asked_is_text(known: House):
    known.people(Customer(id="evil", first_name=NASTY, last_name='"><img src=x onerror=alert(1)>'))
    page = known.client.get("/customers", params={"q": "<script>"}).text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert html.escape(NASTY, quote=False) in page.replace("&#39;", "'")
    for q in ("x" * 10_000, "a\x00b", "\U0001f600", "'; DROP TABLE customer; --", "é" * 99):
        assert known.client.get("/customers", params={"q": q}).status_code == 200
    assert found(known, "maya") == ["maya"]


def test_many_are_shown_page_by_page(known: House):
    known.people(*(Customer(id=f"n{n}", first_name="Nina", last_name=f"N{n:03d}") for n in range(60)))
    seen: list[str] = []
    query = "/customers?q=nina"
    while query:
        page = known.client.get(query).text
        seen += re.findall(r'<a href="/customers/([^"]+)"><strong>', page)
        more = re.search(r'<a class="button" href="(/customers\?[^"]*after=[^"]*)"', page)
        query = html.unescape(more[1]) if more else ""
    assert len(seen) == 60
    assert sorted(set(seen)) == sorted(f"n{n}" for n in range(60))


def test_a_long_book_is_read_in_bounded_pieces(known: House, monkeypatch: pytest.MonkeyPatch):
    known.people(*(Customer(id=f"n{n}", first_name="Nina") for n in range(40)))
    monkeypatch.setattr(finding, "PIECE", 5)
    monkeypatch.setattr(finding, "MOST", 10)
    seen, query, pages = [], "/customers?q=jurgen", 0
    while query:
        page = known.client.get(query).text
        assert "Nobody is known" not in page or "after=" not in page
        seen += re.findall(r'<a href="/customers/([^"]+)"><strong>', page)
        more = re.search(r'<a class="button" href="(/customers\?[^"]*after=[^"]*)"', page)
        query, pages = html.unescape(more[1]) if more else "", pages + 1
    assert seen == ["jm"]
    assert pages == 5  # ten of 43 at a time


@pytest.mark.parametrize("after", ["x", "1", "-1-2", "9" * 40 + "-1"])
def test_a_broken_place(known: House, after: str):
    assert known.client.get("/customers", params={"q": "may", "after": after}).status_code == 422


def test_asking_at_the_customers_page(known: House):
    page = known.client.get("/customers/maya").text
    assert 'href="/contact?customer=maya"' in page
