"""In a real browser: the list without JavaScript, wide and narrow, and what axe says of every page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from outreach.core.event import Event
from outreach.providers import links
from outreach.settings import read_settings
from outreach.staff import accounts
from tests.web.crew import PASSWORD
from tests.web.exchange import LENAS, Exchange
from tests.web.house import MAYA, MONDAY, House, haircut, served
from tests.web.looking import COMBINATIONS, look
from tests.web.staff import NARROW, WIDE

pytestmark = pytest.mark.browser


@pytest.fixture
def lively(house: House) -> Iterator[str]:
    """A house in which there is something on every page; its address."""
    stay = Event(id="s1", type="stay.booked", customer="maya", time=MONDAY, data={"room": 7})
    bought = Event(id="e1", type="purchase", customer="maya", time=MONDAY + timedelta(hours=1), data={})
    house.happens(haircut(), stay, bought)
    with served(house) as url:
        yield url


@pytest.mark.parametrize("screen", [WIDE, NARROW], ids=["wide", "narrow"])
def test_recording_outcomes_without_javascript(browser: Browser, lively: str, house: House, screen: dict[str, int]):
    with browser.new_context(viewport=screen, java_script_enabled=False) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(lively)
        row = page.get_by_role("article", name="Maya Okafor")
        assert row.get_by_role("link", name="+1 212-555-0101").get_attribute("href") == "tel:+12125550101"
        row.get_by_role("button", name="Open").click()
        card = page.get_by_role("article", name="Maya Okafor")
        assert card.get_by_role("link", name="+1 212-555-0101").get_attribute("href") == "tel:+12125550101"
        card.get_by_label("Note").fill("She likes it.")
        card.get_by_label("Your name").fill("Lena")
        card.get_by_label("Your name").press("Enter")  # must not press the first outcome
        assert card.is_visible()
        card.get_by_role("button", name="Left a message").click()
        assert page.get_by_role("status").first.inner_text().startswith("Recorded: Left a message")
        task = page.get_by_role("article", name="Champagne for Maya")  # the next card, by itself
        assert task.get_by_label("Your name").input_value() == "Lena"
        task.get_by_role("button", name="Done", exact=True).click()
        assert "Nothing is left" in page.inner_text("main")
        page.get_by_role("link", name="To today's list").click()
        assert "Nobody is to be called" in page.inner_text("main")
    assert house.cards() == []


def test_the_list_by_tabs_alone(browser: Browser, lively: str):
    with browser.new_context(viewport=WIDE) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(lively)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        _tab_to(page, "Open Maya Okafor")
        page.keyboard.press("Enter")
        page.wait_for_url("**/calls/**")
        _tab_to(page, "2No answer")
        page.keyboard.press("Enter")
        page.wait_for_url("**said=no_answer**")


def _tab_to(page: Any, text: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.replace(/\\s+/g, ' ').trim()").startswith(text):
            return
    pytest.fail(f"{text!r} can't be reached by Tab")


def test_axe_finds_nothing_and_nothing_sticks_out(browser: Browser, lively: str, house: House):
    complaints: list[str] = []
    call, task = (next(c.id for c in house.cards() if c.channel == kind) for kind in ("call", "task"))
    paths = (
        "/", f"/?said=reached&after={call}", "/?assign=Tom", f"/calls/{call}?said=undone&after={call}",
        f"/calls/{task}",
        "/calls/nothing", "/next", "/sent", "/held", "/rules", "/customers", "/customers?q=ma", "/customers/maya",
        "/contact?customer=maya", "/manager", "/accounts", "/me", "/unknown", "/nothing",
    )  # fmt: skip
    looked = 0
    with browser.new_context() as context:
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if "404" not in m.text else None)
        for path in paths:
            page.goto(lively + path)
            looked += look(page, open_all=True)
    assert looked == 4 * len(paths)
    assert complaints == []  # the content security policy forbids nothing that the pages want


def test_signing_in(browser: Browser, phones: House, exchange: Exchange):
    """From the door to the list and out again, without JavaScript; axe looks at each page."""
    looked = 0
    accounts.set_phone(phones.app.store, "Ada", LENAS)
    with served(phones) as address, browser.new_context() as context:
        page, url = context.new_page(), address.replace("127.0.0.1", "localhost")
        page.goto(url + "/accounts")
        page.get_by_label("Your name").fill("Ada")
        page.get_by_label("Password").fill("not this one")
        page.get_by_role("button", name="Sign in").click()
        assert "No account" in page.get_by_role("alert").inner_text()
        looked += look(page)
        assert page.get_by_label("Your name").input_value() == "Ada"
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/accounts")
        page.get_by_text("Change", exact=True).first.click()
        page.get_by_label("What it is for").fill("Till")
        page.get_by_label("read: the list").check()
        page.get_by_role("button", name="Make the key").click()
        assert "ok_live_" in page.get_by_role("status").inner_text()
        looked += look(page, open_all=True)
        page.get_by_role("link", name="Ada").click()
        looked += look(page)
        page.get_by_role("link", name="Today").click()
        page.get_by_role("button", name="Next card").click()
        page.get_by_role("button", name="Call for me").click()
        expect(page.locator("#dialled")).to_have_text("Your phone rings: take it and press any key.")
        exchange.key()
        exchange.customer("busy")
        expect(page.locator("#dialled")).to_have_text("The customer's line was busy.")
        looked += look(page)
        page.get_by_role("button", name="Sign out", exact=True).click()
        page.goto(url)
        assert page.url.endswith("/login")
        looked += look(page)
    assert looked == 5 * 4


def test_axe_finds_nothing_when_things_go_wrong(browser: Browser, lively: str, house: House):
    call = next(c.id for c in house.cards() if c.channel == "call")
    with browser.new_context(viewport=NARROW) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(lively)
        page.get_by_role("button", name="Pause everything").click()
        page.goto(lively)
        assert page.get_by_text("please leave this until it goes on").count() == 2
        look(page)
        page.goto(f"{lively}/calls/{call}")
        assert page.get_by_text("please leave this until it goes on").count() == 1
        page.get_by_label("Note").fill("Precious")
        page.evaluate("document.querySelectorAll('[name=token]').forEach(field => field.value = 'stale')")
        page.get_by_role("button", name="Reached").click()
        assert page.get_by_label("Your note").input_value() == "Precious"
        look(page)
        page.get_by_role("button", name="Send again: Reached").click()
        assert page.get_by_role("status").first.inner_text().startswith("Recorded: Reached")


@pytest.mark.parametrize("language", ["en", "fr", "de", "es"])
def test_unsubscribing_without_javascript(browser: Browser, house: House, language: str):
    seen = COMBINATIONS if language == "en" else COMBINATIONS[-1:]
    with served(house) as url:
        made = links(read_settings(public_url=url), house.app.store.secret).url("maya", "email", "care", MAYA.email)
        shown = {"viewport": NARROW, "java_script_enabled": False, "locale": language}
        with browser.new_context(**shown) as context:  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(made)
            page.get_by_role("button").first.click()
            assert page.get_by_role("status").is_visible()
        with browser.new_context(viewport=WIDE, locale=language) as context:  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(made)
            look(page, combinations=seen, least=10)
            page.get_by_role("button").last.click()
            look(page, combinations=seen, least=10)
            assert page.evaluate("document.documentElement.lang") == language
