"""Links in what customers wrote don't come into what goes to customers."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.rendering import Renderer
from outreach.rendering.links import without_links
from tests.rendering.conftest import CONTEXT, Mail, Sms, Write

LINKS = [
    "http://evil.example/pay", "HTTPS://Evil.Example", "evil.example", "EVIL.EXAMPLE/x?y=1", "www.evil.whatever",
    "t.co/x", "bit.ly/abc", "evil.com:8080/pay", "a.b.c.evil.info", "Evil.Ru", "münchen.de", "пример.рф/x"
    "192.168.1.1", "192.168.1.1:80/x", "javascript:alert(1)", "data:text/html,x", "tel:+19005550100",
    "ftp://x", "whatsapp://x",
]  # fmt: skip
NAMES = [
    "Maria", "Mary-Ann O'Neil", "St.John", "Dr.Li", "J.R.R. Tolkien", "Smith Jr.", "at 10:30 a.m.", "3.5", "10.12.2026",
    "1.234,56", "v1.2.3", "note: fine", "ann@example.com", "Álvarez", "…", "C.", "e.g. this",
]  # fmt: skip


@pytest.mark.parametrize("link", LINKS)
def test_a_link_in_a_name_is_taken_out(link: str, sms: Sms, mail: Mail):
    customer = {"first_name": f"Maria {link}"}
    assert sms("Hi {{ customer.first_name }}!", customer=customer).body == "Hi Maria!"
    letter = mail("---\nsubject: Hi {{ customer.first_name }}!\n---\nHi {{ customer.first_name }}!", customer=customer)
    assert (letter.subject, letter.body) == ("Hi Maria!", "Hi Maria!")
    assert "href" not in letter.html


@pytest.mark.parametrize("link", LINKS)
def test_a_name_that_is_nothing_but_a_link_is_empty(link: str, sms: Sms):
    customer = {"first_name": link}
    assert (
        sms("Hi {{ customer.first_name }}!", customer=customer).problem
        == "templates/x.sms.txt:1: `first_name` is empty"
    )
    assert sms("Hi {{ customer.first_name|default('there') }}!", customer=customer).body == "Hi there!"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_link_stays(name: str, sms: Sms):
    assert sms("Hi {{ customer.first_name }}!", customer={"first_name": name}).body == f"Hi {name}!"


def test_wherever_it_was_written(sms: Sms):
    said = {"said": "see evil.example now", "lines": [{"text": "evil.example or so"}]}
    assert sms("{{ event.said }}, {{ event.lines[0].text }}", event=said).body == "see now, or so"
    assert sms("{{ memory.meal }}", memory={"meal": "well done, evil.example"}).body == "well done,"
    assert sms("{{ previous.note }}", previous={"note": "rang, see evil.example"}).body == "rang, see"
    assert sms("{{ history.visit.said }}", history={"visit": said}).body == "see now"


def test_a_field_for_a_link_has_a_link_and_nothing_else(sms: Sms):
    tracking = "https://carrier.example/t/1?x=2"
    event = {"tracking_url": tracking, "link": tracking, "curl": f"x {tracking}", "bad_url": f"pay here: {tracking}"}
    assert sms("Follow it: {{ event.tracking_url }}", event=event).body == f"Follow it: {tracking}"
    assert sms("Follow it: {{ event.link }}", event=event).body == f"Follow it: {tracking}"
    assert sms("{{ event.curl }} {{ event.bad_url }}", event=event).body == "x pay here:"
    assert sms("{{ event.my_url }}", event={"my_url": "javascript:alert(1)"}).problem.endswith("`my_url` is empty")


def test_the_house_may_print_its_own_links(sms: Sms):
    assert sms("shop.example/a {{ business.site }}", business={"site": "https://shop.example"}).body == (
        "shop.example/a https://shop.example"
    )


def test_staff_read_what_was_written(folder: Path, write: Write):
    write("x.call.md", "{{ event.said }}")
    scope = {**CONTEXT, "event": {"said": "it broke, see photos.example/7"}}
    assert Renderer(folder).render("call", "x", scope).body == "it broke, see photos.example/7"
    assert Renderer(folder).render_text("{{ event.said }}", scope).body == "it broke, see photos.example/7"


@given(st.text(max_size=40), st.sampled_from(LINKS), st.text(max_size=40))
def test_no_link_survives_whatever_stands_around_it(before: str, link: str, after: str):
    cleared = without_links(f"{before} {link} {after}", "first_name")
    assert link not in cleared.split()
    assert without_links(cleared, "first_name") == cleared


@pytest.mark.parametrize("text", ["a." * 50_000, "x" * 100_000 + ".", "aa.bb" * 20_000, "://" * 30_000, "a:" * 50_000])
def test_a_long_text_is_read_in_a_moment(text: str):
    assert len(without_links(text, "first_name")) <= len(text)
