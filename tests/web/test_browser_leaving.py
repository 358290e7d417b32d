"""In a real browser: what signing out leaves, calls that are put through, and figures that go on by themselves."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from outreach import desk
from outreach.staff import accounts
from tests.web.crew import PASSWORD
from tests.web.exchange import HERS, LENAS, Exchange
from tests.web.house import House, served
from tests.web.staff import NARROW, WIDE, crowd, window

pytestmark = pytest.mark.browser

#: Where pictures of the pages are kept, if anywhere.
PICTURES = os.environ.get("OUTREACH_TEST_PICTURES", "")
STORED = "[localStorage, sessionStorage].flatMap(s => Object.keys(s)).filter(k => k.startsWith('outreach.'))"


def come_in(page: Page, url: str, name: str, path: str = "/") -> None:
    page.goto(f"{url}/login?next={path}")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def leave(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def picture(page: Page, name: str) -> None:
    if not PICTURES:
        return
    for size, width in (("wide", WIDE), ("narrow", NARROW)):
        for scheme in ("light", "dark"):
            page.set_viewport_size(width)  # type: ignore[arg-type]
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.screenshot(path=str(Path(PICTURES) / f"{name}-{size}-{scheme}.png"), full_page=True)
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]


def test_drafts_are_ones_own_and_gone_after_signing_out(browser: Browser, staffed: House):
    card = f"/calls/{staffed.cards()[0].id}"
    with served(staffed) as url, window(browser, url) as page:
        come_in(page, url, "Lena", card)
        page.get_by_label("Note").fill("Not for everybody")
        page.context.clear_cookies()  # her session ended by itself: what she typed stays hers
        come_in(page, url, "Ada", card)
        expect(page.get_by_label("Note")).to_have_value("")
        page.get_by_label("Note").fill("Ada's own")
        leave(page)
        assert len(page.evaluate(STORED)) == 1
        come_in(page, url, "Lena", card)
        expect(page.get_by_label("Note")).to_have_value("Not for everybody")
        leave(page)
        assert page.evaluate(STORED) == []


def test_a_page_says_that_its_session_is_over(browser: Browser, staffed: House):
    with served(staffed) as url, window(browser, url) as page:
        come_in(page, url, "Lena")
        accounts.remove(staffed.app.store, "Lena")
        expect(page.locator("#live")).to_contain_text("You are signed out")
        page.get_by_role("link", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_figures_go_on_while_somebody_types(browser: Browser, house: House):
    second = crowd(house, 3)[1]
    with served(house) as url, window(browser, url, "Lena") as page:
        page.goto(f"{url}/calls/{second}")
        expect(page.locator("#day")).to_have_text("0 of 3")
        page.get_by_label("Note").fill("She moves to")
        place = page.evaluate("document.getElementById('note').getBoundingClientRect().top")
        done = next(c.id for c in house.cards() if c.id != second)
        desk.outcome(house.app.engine, done, desk.Said(outcome="reached", by="Ben"))
        expect(page.locator("#day")).to_have_text("1 of 3")
        assert page.evaluate("document.querySelector('progress').value") == 1
        page.keyboard.type(" Boston")
        assert page.get_by_label("Note").input_value() == "She moves to Boston"
        assert page.evaluate("document.getElementById('note').getBoundingClientRect().top") == place


def test_call_for_me_stays_on_the_card(browser: Browser, phones: House, exchange: Exchange):
    card = phones.cards()[0].id
    with served(phones) as address, window(browser, url := address.replace("127.0.0.1", "localhost")) as page:
        come_in(page, url, "Lena")
        page.get_by_role("button", name="Next card").click()
        button, told = page.get_by_role("button", name="Call for me"), page.locator("#dialled")
        page.get_by_label("Note").fill("Half a sen")
        button.dblclick()
        expect(told).to_have_text("Your phone rings: take it and press any key.")
        expect(button).to_be_disabled()
        assert exchange.rung == [LENAS]
        picture(page, "ringing")
        exchange.staff("in-progress")
        expect(told).to_have_text("Press any key on your phone.")
        exchange.key()
        exchange.customer("in-progress")
        expect(told).to_have_text("You are connected.")
        exchange.customer("no-answer")
        expect(told).to_have_text("The customer didn't pick up.")
        expect(page.get_by_role("button", name="No answer")).to_contain_text("the call suggests it")
        expect(button).to_be_enabled()
        assert exchange.dialled == [HERS]
        assert page.get_by_label("Note").input_value() == "Half a sen"
        assert page.url.endswith(f"/calls/{card}")
        picture(page, "over")
        page.goto(f"{url}/me")
        picture(page, "me")
        assert page.get_by_label("Where you are rung up").input_value() == LENAS


def test_call_for_me_without_javascript(browser: Browser, phones: House, exchange: Exchange):
    with served(phones) as address, browser.new_context(viewport=NARROW, java_script_enabled=False) as context:  # type: ignore[arg-type]
        page, url = context.new_page(), address.replace("127.0.0.1", "localhost")
        come_in(page, url, "Lena")
        page.get_by_role("button", name="Next card").click()
        page.get_by_role("button", name="Call for me").click()
        expect(page.locator("#dialled")).to_have_text("Your phone rings: take it and press any key.")
        expect(page.get_by_role("button", name="Call for me")).to_be_disabled()
        assert exchange.rung == [LENAS]
