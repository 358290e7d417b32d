"""In a real browser: a morning's work by keys alone, two people at once, and a list that lives while they type."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from outreach.core.event import Event
from tests.web.house import MAYA, MONDAY, House, haircut, served
from tests.web.staff import NARROW, card_is, crowd, focused, window

pytestmark = pytest.mark.browser


def note_of(house: House, customer: str) -> str:
    with house.app.store.reading() as tx:
        return tx.follow_ups.all_of(customer)[0].note


def name_of(house: House, place: int) -> str:
    return house.cards()[place].name


def test_a_morning_by_keys_alone(browser: Browser, house: House):
    crowd(house, 3)
    first, second, third = (c.name for c in house.cards())
    ids = [c.customer for c in house.cards()]
    with served(house) as url, window(browser, url, "Lena") as page:
        page.goto(url)
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        assert focused(page) == f"Open {first}"
        page.keyboard.press("Enter")
        card_is(page, first)
        assert "You have this card" in page.inner_text("#holds")
        page.keyboard.press("n")
        page.keyboard.type("1 and 2: she waits until 3, don't u dare")  # a note is a note, not seven outcomes
        card_is_still = page.get_by_role("heading", level=1)
        expect(card_is_still).to_have_text(first)
        page.keyboard.press("Escape")
        page.keyboard.press("2")
        card_is(page, second)
        assert page.get_by_role("status").first.inner_text() == f"Recorded: No answer · {first}"
        assert note_of(house, ids[0]) == "1 and 2: she waits until 3, don't u dare"
        page.keyboard.press("u")
        card_is(page, first)
        assert page.get_by_label("Note").input_value() == "1 and 2: she waits until 3, don't u dare"
        page.keyboard.press("1")
        card_is(page, second)
        page.keyboard.press("x")
        card_is(page, third)
        page.keyboard.press("s")
        assert focused(page) == "15 minutes"
        page.keyboard.press("Enter")
        card_is(page, second)  # skipped, and so the last
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        page.keyboard.press("6")  # the help is read, nothing is done
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
        page.keyboard.press("d")
        expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is left")
        page.keyboard.press("/")
        page.keyboard.type("no000")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Customers")
    assert house.cards() == []


def test_a_promised_call_back_by_key(browser: Browser, busy: House):
    with served(busy) as url, window(browser, url, "Lena") as page:
        page.goto(url)
        page.keyboard.press("g")
        card_is(page, "Maya Okafor")
        page.keyboard.press("c")
        assert focused(page) == "In 1 hour"
        page.keyboard.press("Escape")
        expect(page.locator("#back")).not_to_have_attribute("open", "")
        page.keyboard.press("4")
        page.get_by_label("Or at a time").fill("2026-11-03T15:30")
        page.get_by_label("Only me").check()
        page.get_by_role("button", name="Promise the call-back").click()
        expect(page.get_by_role("status").first).to_contain_text("Recorded: Call back")
    with busy.app.store.reading() as tx:
        ahead = tx.follow_ups.open_of(["maya"])["maya"]
    assert [f.due for f in ahead] == [MONDAY + timedelta(days=1, hours=5, minutes=30)]  # half past three in New York
    assert ahead[0].assign == "Lena"


def test_two_people_never_get_the_same_card(browser: Browser, house: House):
    crowd(house, 3)
    with served(house) as url, window(browser, url, "Lena") as lena, window(browser, url, "Tom") as tom:
        lena.goto(url)
        tom.goto(url)
        lena.keyboard.press("g")
        expect(lena.locator("#deed")).to_be_visible()
        hers = lena.get_by_role("heading", level=1).inner_text()
        row = tom.get_by_role("article", name=hers)
        expect(row.locator(".holder")).to_have_text("Lena has it")  # without a reload
        tom.keyboard.press("g")
        expect(tom.locator("#deed")).to_be_visible()
        assert tom.get_by_role("heading", level=1).inner_text() != hers
        tom.goto(lena.url)
        expect(tom.get_by_text("Lena has this card open")).to_be_visible()
        tom.get_by_label("Note").fill("She rang me")
        tom.get_by_role("button", name="Reached").click()
        expect(tom.get_by_role("heading", level=1)).to_have_text("Somebody else has this card")
        lena.keyboard.press("1")
        expect(lena.get_by_role("status").first).to_contain_text("Recorded: Reached")
    assert len(house.cards()) == 2


def test_a_card_that_is_withdrawn_says_so_and_eats_no_note(browser: Browser, busy: House):
    with served(busy) as url, window(browser, url, "Lena") as page:
        page.goto(f"{url}/calls/{busy.cards()[0].id}")
        page.get_by_label("Note").fill("She moves to")
        page.keyboard.press("End")
        place = page.evaluate("document.getElementById('note').getBoundingClientRect().top + scrollY")
        busy.app.engine.ingest([Event(id="x", type="consent.withdrawn", customer="maya", time=busy.clock.instant)])
        expect(page.get_by_role("alert")).to_contain_text("not to be done any more")
        page.keyboard.type(" Boston")
        assert page.get_by_label("Note").input_value() == "She moves to Boston"
        assert focused(page) == "note"
        page.keyboard.press("Escape")
        page.keyboard.press("1")  # an outcome of what is gone
        assert page.evaluate("document.getElementById('note').getBoundingClientRect().top + scrollY") >= place
        page.get_by_role("button", name="Keep the note").click()
        expect(page.get_by_role("status").first).to_contain_text("Note kept")
        expect(page.get_by_role("heading", level=1)).to_have_text("No longer on the list")


def test_the_list_lives_and_nothing_moves_under_the_finger(browser: Browser, busy: House):
    with served(busy) as url, window(browser, url, "Lena") as page:
        page.goto(url)
        page.keyboard.press("j")
        busy.people(MAYA, *(replace(MAYA, id=f"new{n}", phone=f"+121255502{n:02d}") for n in range(2)))
        busy.happens(*(haircut(f"new{n}", time=MONDAY + timedelta(hours=1)) for n in range(2)))
        expect(page.locator("#live")).to_contain_text("2 new cards")
        assert focused(page) == "Open Maya Okafor"
        assert page.locator(".row").count() == 1
        busy.app.engine.ingest([Event(id="x", type="consent.withdrawn", customer="maya", time=busy.clock.instant)])
        expect(page.locator(".row.gone .holder")).to_contain_text("not to be done any more")
        page.get_by_role("link", name="Show").click()
        expect(page.locator(".row")).to_have_count(2)


def test_a_closed_laptop_loses_nothing(browser: Browser, busy: House):
    with served(busy) as url, window(browser, url, "Lena") as page:
        page.goto(f"{url}/calls/{busy.cards()[0].id}")
        page.get_by_label("Note").fill("Half a sentence")
        again = page.context.new_page()
        page.close()
        again.goto(f"{url}/calls/{busy.cards()[0].id}")
        expect(again.get_by_label("Note")).to_have_value("Half a sentence")
        expect(again.locator("#draft")).to_contain_text("not sent yet")
        again.keyboard.press("1")
        expect(again.get_by_role("status").first).to_contain_text("Recorded: Reached")
        assert again.evaluate("Object.keys(localStorage).filter(k => k.startsWith('outreach.note.')).length") == 0


def test_the_claim_is_renewed_while_the_card_is_open(browser: Browser, busy: House):
    card = busy.cards()[0].id
    with served(busy) as url, window(browser, url, "Lena") as page:
        page.clock.install()
        page.goto(url)
        page.keyboard.press("g")
        card_is(page, "Maya Okafor")
        until = busy.cards()[0].held_until
        busy.clock.instant += timedelta(minutes=4)
        with page.expect_response(lambda answer: answer.url.endswith(f"/calls/{card}/claim")) as renewed:
            page.clock.fast_forward(200_000)
        assert renewed.value.json()["status"] == "done"
        assert busy.cards()[0].held_until == until + timedelta(minutes=4)
        assert page.inner_text("#holds") == "You have this card; nobody else is given it."


def test_a_phone(browser: Browser, house: House):
    crowd(house, 2)
    with served(house) as url, window(browser, url, "Lena", viewport=NARROW, has_touch=True) as page:
        page.goto(url)
        page.get_by_role("button", name="Next card").tap()
        page.get_by_role("link", name="What came of it").tap()
        expect(page.get_by_role("button", name="Reached")).to_be_in_viewport()
        page.get_by_role("button", name="Reached").tap()
        expect(page.get_by_role("status").first).to_contain_text("Recorded: Reached")
        page.get_by_role("button", name=re.compile("^Undo")).tap()
        expect(page.get_by_role("status").first).to_contain_text("Taken back")


def test_open_streams_do_not_hold_the_server(browser: Browser, busy: House):
    with served(busy) as url, window(browser, url) as page:
        with page.expect_response("**/events?*"):
            page.goto(url)
        stopped = time.perf_counter()
    assert time.perf_counter() - stopped < 5


def test_five_hundred_cards(browser: Browser, house: House):
    crowd(house, 500)
    took = []
    with served(house) as url, window(browser, url, "Lena") as page:
        page.goto(url)
        page.keyboard.press("g")
        expect(page.locator("#deed")).to_be_visible()
        for _ in range(5):
            before, start = page.url, time.perf_counter()
            page.keyboard.press("1")
            page.wait_for_url(lambda url, before=before: url != before, wait_until="domcontentloaded")
            expect(page.locator("#whom")).to_be_focused()
            took.append(time.perf_counter() - start)
    print(f"\nfrom key to next card: {[round(t * 1000) for t in took]} ms")
    assert sorted(took)[2] < 2


def test_where_no_stream_gets_through_the_page_asks(browser: Browser, busy: House):
    with served(busy) as url, window(browser, url, "Lena") as page:
        page.clock.install()
        page.route(re.compile("/events(\\?|$)"), lambda route: route.fulfill(status=502))
        with page.expect_response("**/events/now*"):
            page.goto(url)
        busy.app.engine.ingest([Event(id="x", type="consent.withdrawn", customer="maya", time=busy.clock.instant)])
        time.sleep(1.6)  # the server looks every other second
        page.clock.fast_forward(21_000)
        expect(page.locator(".row.gone .holder")).to_contain_text("not to be done any more")
