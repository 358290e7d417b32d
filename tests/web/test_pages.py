from __future__ import annotations

import html
import re
from datetime import timedelta
from pathlib import Path

import pytest

from outreach.core.customer import Customer
from outreach.core.event import Event
from tests.web.house import MAYA, MONDAY, RULES, House, haircut, open_house, plain, read_only

NASTY = "<script>alert('x')</script>"


def card_of(house: House, channel: str = "call") -> str:
    """The address of the first card's page."""
    return next(f"/calls/{c.id}" for c in house.cards() if c.channel == channel)


def get(house: House, path: str, status: int = 200) -> str:
    answer = house.client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


def purchase(number: int, customer: str = "maya") -> Event:
    return Event(id=f"e{number}", type="purchase", customer=customer, time=MONDAY + timedelta(minutes=number), data={})


def test_a_card_says_whom_why_when_and_what(busy: House):
    page = get(busy, card_of(busy))
    text = html.unescape(plain(page))
    for words in (
        "Maya Okafor", "Ask how the haircut turned out.", "on appointment.completed", "service = haircut",
        "Local time there 12:00 there America/New_York", "Worth it until Thu 5 Nov 10:00", "Call, for Lena",
        "You may call now",
        "Hello Maya, how is it?", "Tuesday, 3 November 2026",
    ):  # fmt: skip
        assert words in text, words
    assert 'href="tel:+12125550101"' in page
    assert "<h3>Say</h3>" in page
    assert "<li>Not nice?</li>" in page


def test_calls_and_preparations_stand_apart(house: House):
    stay = Event(id="s1", type="stay.booked", customer="maya", time=MONDAY, data={"room": 7})
    house.happens(stay, haircut())
    calls, tasks = plain(get(house, "/")).split("Preparations 1")
    assert "Calls 1" in calls
    assert "Champagne for Maya" in tasks
    task = html.unescape(plain(get(house, card_of(house, "task"))))
    assert "Room 7" in task
    assert "as proof" in task
    assert "1 Done ends here 2 Not done ends here" in task


def test_a_tasks_place_is_the_first_line_of_its_details(tmp_path: Path):
    """As marketing writes it: `Where: …`, with whatever a template may speak of."""
    details = 'details: "Where: room {{ event.room }}, by the lift\\n\\nA card, and two glasses."'
    rules = RULES.replace('details: "Room {{ event.room }}"', details)
    assert rules != RULES
    house = open_house(tmp_path, rulebook=rules)
    house.people(MAYA)
    house.happens(Event(id="s1", type="stay.booked", customer="maya", time=MONDAY, data={"room": 7}))
    [card] = house.cards()
    assert (card.place, card.text.splitlines()[0]) == ("room 7, by the lift", "Where: room 7, by the lift")
    page = plain(get(house, f"/calls/{card.id}"))
    assert "Where room 7, by the lift" in page
    assert "What to do A card, and two glasses." in page
    assert "room 7, by the lift, by Wed" in plain(get(house, "/"))
    assert "LOCATION:room 7\\, by the lift" in house.client.get("/list.ics").text
    house.app.store.engine.dispose()


def test_an_empty_list_teaches(house: House):
    text = html.unescape(plain(get(house, "/")))
    assert "Nobody is to be called" in text
    assert "POST /v1/events" in text


def test_one_persons_list(busy: House):
    assert "Maya Okafor" in get(busy, "/?assign=Lena")
    assert "Nothing is left on the list of Tom" in get(busy, "/?assign=Tom")
    assert "<script>" not in get(busy, f"/?assign={NASTY}&said={NASTY}")


def test_an_unknown_time_zone_and_no_number_are_said(house: House):
    house.people(Customer(id="kit", first_name="Kit"))
    stay = Event(id="s1", type="stay.booked", customer="kit", time=MONDAY, data={"room": 7})
    house.happens(stay)
    assert "Champagne for Kit" in get(house, "/")


def test_pressing_an_outcome_records_it_and_goes_back_to_the_list(busy: House):
    card = busy.cards()[0].id
    form = {
        "token": busy.token,
        "outcome": "no_answer",
        "note": "Rang twice.\r\nNobody.",
        "by": "Léna",
        "assign": "Lena",
    }
    answer = busy.client.post(f"/calls/{card}/outcome", data=form)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/?said=no_answer&after={card}&assign=Lena"
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "Recorded: No answer" in plain(get(busy, answer.headers["location"]))
    page = get(busy, "/customers/maya")
    assert "Rang twice.\nNobody." in page
    assert "Léna" in page


def test_the_name_is_remembered_in_the_browser(busy: House):
    card = busy.cards()[0].id
    busy.client.post(f"/calls/{card}/outcome", data={"token": busy.token, "outcome": "reached", "by": 'L"éna'})
    busy.clock.instant = MONDAY + timedelta(days=7)
    busy.happens(haircut(id="again", time=MONDAY + timedelta(days=7)))
    assert 'name="by" value="L&#34;éna"' in get(busy, card_of(busy))


def test_a_second_click_is_no_mistake(busy: House):
    card, form = busy.cards()[0].id, {"token": busy.token, "outcome": "reached", "note": "x"}
    first, second = (busy.client.post(f"/calls/{card}/outcome", data=form) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)


def test_a_note_about_a_card_that_is_gone_comes_back(busy: House):
    card = busy.cards()[0].id
    busy.client.post(f"/calls/{card}/outcome", data={"token": busy.token, "outcome": "reached", "by": "Lena"})
    late = {"token": busy.token, "outcome": "no_answer", "note": f"Precious {NASTY}"}
    answer = busy.client.post(f"/calls/{card}/outcome", data=late)
    assert answer.status_code == 404
    assert "done already by Lena" in answer.text
    assert f"Precious {html.escape(NASTY).replace('&#x27;', '&#39;')}" in answer.text


def test_after_a_restart_the_old_page_still_works_with_one_more_click(busy: House):
    card = busy.cards()[0].id
    stale = {"token": "of-the-last-process", "outcome": "reached", "note": "Precious", "assign": "Lena"}
    answer = busy.client.post(f"/calls/{card}/outcome", data=stale)
    assert answer.status_code == 403
    assert len(busy.cards()) == 1
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', answer.text))
    assert "Precious</textarea>" in answer.text
    again = busy.client.post(f"/calls/{card}/outcome", data=fields | {"note": "Precious", "outcome": "reached"})
    assert again.status_code == 303


def test_a_database_that_cannot_be_written_gives_the_note_back(busy: House):
    card, form = busy.cards()[0].id, {"token": busy.token, "outcome": "reached", "note": "Precious"}
    with read_only(busy):
        answer = busy.client.post(f"/calls/{card}/outcome", data=form)
        assert answer.status_code == 503
        assert "Maya Okafor" in get(busy, "/")
        assert busy.client.post("/pause", data=form).status_code == 503
    assert "retry-after" in answer.headers
    assert "Precious</textarea>" in answer.text
    assert busy.client.post(f"/calls/{card}/outcome", data=form).status_code == 303


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"outcome": ""}, 422), ({}, 422), ({"outcome": "sold"}, 422),
        ({"outcome": "reached", "note": "ä" * 10_000}, 303),
        ({"outcome": "reached", "note": "x" * 20_001}, 422), ({"outcome": "reached", "note": "x" * 300_000}, 413),
        ({"outcome": "reached", "by": "x" * 300}, 422), ({f"field{n}": "" for n in range(30)}, 400),
    ],
)  # fmt: skip
def test_forms_of_every_kind(busy: House, form: dict[str, str], status: int):
    card = busy.cards()[0].id
    assert busy.client.post(f"/calls/{card}/outcome", data={"token": busy.token} | form).status_code == status
    assert len(busy.cards()) == (0 if status == 303 else 1)


def test_a_form_of_another_kind(busy: House):
    card = busy.cards()[0].id
    answer = busy.client.post(f"/calls/{card}/outcome", json={"token": busy.token, "outcome": "reached"})
    assert answer.status_code == 415


def test_names_and_notes_are_text_whatever_they_say(house: House):
    house.people(Customer(id="x/<b>?#", first_name=NASTY, last_name='" onclick="x', phone="javascript:alert(1)",
                          timezone="America/New_York"))  # fmt: skip
    house.happens(haircut("x/<b>?#", data={"service": "haircut", "staff": NASTY}))
    page = get(house, "/")
    assert NASTY not in page
    assert html.escape(NASTY) in page.replace("&#39;", "&#x27;")
    assert "tel:" not in page + get(house, card_of(house))
    card = get(house, card_of(house))
    assert NASTY not in card
    assert "/customers/x/%3Cb%3E%3F%23" in card
    assert html.escape(NASTY) in get(house, "/customers/x/%3Cb%3E%3F%23").replace("&#39;", "&#x27;")


def test_what_was_sent_newest_first_page_by_page(house: House):
    house.happens(*(purchase(n) for n in range(60)))
    first = get(house, "/sent")
    assert first.count('<time datetime="') == 50
    assert "Thank you" in first
    assert "kept in the outbox" in first
    older = re.search(r'href="(/sent\?after=[^"]+)" rel="next"', first)
    assert older is not None
    second = get(house, html.unescape(older[1]))
    assert second.count('<time datetime="') == 10
    assert 'rel="next"' not in second
    times = re.findall(r'<time datetime="([^"]+)"', first + second)
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("after", ["x", "1", "-1-2", "9" * 40 + "-1", "1-", "٣-x"])
def test_a_broken_link_to_an_older_page(house: House, after: str):
    assert "broken" in get(house, f"/sent?after={after}", 422)
    get(house, f"/held?after={after}", 422)


def test_what_was_held_back_and_why(house: House):
    house.happens(purchase(1))
    text = html.unescape(plain(get(house, "/held")))
    assert "Maya Okafor" in text
    assert "marketing by sms needs consent" in text
    assert "offer / 1-sms" in text


def test_empty_logs_teach(house: House):
    assert "Nothing was sent yet" in get(house, "/sent")
    assert "Nothing was held back so far" in get(house, "/held")


def test_a_customers_page_explains(busy: House):
    busy.happens(purchase(1500))
    text = html.unescape(plain(get(busy, "/customers/maya")))
    for words in (
        "Maya Okafor", "thanks / 1-email", "because of purchase", "needs consent", "Rules that planned nothing",
        "champagne", "no stay.booked is known",
    ):  # fmt: skip
        assert words in text, words


def test_rules_with_their_place_and_what_sets_them_off(house: House):
    text = html.unescape(plain(get(house, "/rules")))
    assert "house.yaml:3" in text
    assert "On appointment.completed when event.service == 'haircut' Then call" in text


def test_pausing_one_rule(house: House):
    assert house.client.post("/rules/thanks/pause", data={"token": house.token}).headers["location"] == "/rules"
    assert "paused since Mon 2 Nov 10:00" in plain(get(house, "/rules"))
    house.happens(purchase(1))
    assert "Nothing was sent yet" in get(house, "/sent")
    house.client.post("/rules/thanks/resume", data={"token": house.token})
    house.app.engine.dispatch()
    assert "Thank you" in get(house, "/sent")


def test_pausing_everything_shows_on_every_page(busy: House):
    busy.client.post("/pause", data={"token": busy.token})
    for path in ("/", "/sent", "/held", "/rules", "/customers/maya"):
        assert "Everything is paused" in get(busy, path)
    assert "please leave this" in get(busy, "/")
    busy.client.post("/resume", data={"token": busy.token})
    assert "Everything is paused" not in get(busy, "/")


def test_a_pause_of_a_rule_that_is_gone_can_be_let_go(house: House):
    with house.app.store.writing() as tx:
        tx.house.pause("long-gone", house.clock.instant, "command line")
    assert "no longer in the rules folder" in get(house, "/rules")
    house.client.post("/rules/long-gone/resume", data={"token": house.token})
    assert "long-gone" not in get(house, "/rules")
    assert house.client.post("/rules/long-gone/pause", data={"token": house.token}).status_code == 404


def test_what_is_not_really_sent_is_said(house: House, tmp_path: Path):
    assert "SMS and e-mail: nothing is really sent" in plain(get(house, "/"))
    (tmp_path / "real").mkdir()
    real = open_house(tmp_path / "real", email="smtp", email_from="us@example.com")
    assert "SMS: nothing is really sent" in plain(get(real, "/"))
    real.app.store.engine.dispose()


def test_a_house_without_rules(tmp_path: Path):
    bare = open_house(tmp_path, rulebook="rules: {}\n")
    bare.people(MAYA)
    assert "There are no rules" in get(bare, "/rules")
    assert "Nothing is planned" in get(bare, "/customers/maya")
    bare.app.store.engine.dispose()


@pytest.mark.parametrize(
    "path", ["/nothing", "/customers/nobody", "/static/%2e%2e/api.py", "/static/nothing.css", "/calls/x"]
)
def test_what_is_not_there(house: House, path: str):
    page = get(house, path, 404)
    assert "To today's list" in html.unescape(page)


def test_a_way_in_which_an_address_cannot_be_used(house: House):
    assert house.client.get("/pause").status_code == 405
    assert house.client.post("/sent").status_code == 405


def test_pages_ask_for_nothing_from_elsewhere_and_hold_no_inline_code(busy: House):
    for path in ("/", "/sent", "/held", "/rules", "/customers/maya", "/nothing"):
        page = busy.client.get(path).text
        assert set(re.findall(r'(?:src|href)="(//|https?:)', page)) == set()
        assert not re.search(
            r"<script(?! src=\"/static/[a-z]+\.js\?v=\w+\" defer></script>)|<style|\sstyle=|\son\w+=", page
        )
