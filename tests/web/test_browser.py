"""In a real browser: the list without JavaScript, wide and narrow, and what axe says of every page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from outreach.core.event import Event
from outreach.providers import links
from outreach.settings import read_settings
from tests.web.crew import PASSWORD
from tests.web.house import MAYA, MONDAY, House, haircut, served

CHROMIUM = os.environ.get("OUTREACH_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""
QUIET = [
    "--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine (set OUTREACH_TEST_CHROMIUM to one)"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture
def lively(house: House) -> Iterator[str]:
    """A house in which there is something on every page; its address."""
    stay = Event(id="s1", type="stay.booked", customer="maya", time=MONDAY, data={"room": 7})
    bought = Event(id="e1", type="purchase", customer="maya", time=MONDAY + timedelta(hours=1), data={})
    house.happens(haircut(), stay, bought)
    with served(house) as url:
        yield url


@pytest.mark.parametrize("screen", [WIDE, NARROW], ids=["wide", "narrow"])
def test_recording_an_outcome_without_javascript(browser: Browser, lively: str, house: House, screen: dict[str, int]):
    with browser.new_context(viewport=screen, java_script_enabled=False) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(lively)
        card = page.get_by_role("article", name="Maya Okafor")
        assert card.get_by_role("link", name="+1 212-555-0101").get_attribute("href") == "tel:+12125550101"
        card.get_by_label("Note").fill("She likes it.")
        card.get_by_label("Your name").fill("Lena")
        card.get_by_label("Your name").press("Enter")  # must not press the first outcome
        assert card.is_visible()
        card.get_by_role("button", name="Left a message").click()
        assert page.get_by_role("status").inner_text() == "Recorded: Left a message."
        assert page.get_by_role("article", name="Maya Okafor").count() == 0
        task = page.get_by_role("article", name="Champagne for Maya")
        assert task.get_by_label("Your name").input_value() == "Lena"
        task.get_by_role("button", name="Done", exact=True).click()
        assert "Nobody is to be called" in page.inner_text("main")
    assert house.cards() == []


def test_the_list_by_keyboard_alone(browser: Browser, lively: str):
    with browser.new_context(viewport=WIDE) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(lively)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent") == "No answer":
                break
        page.keyboard.press("Enter")
        page.wait_for_url("**said=no_answer**")


@pytest.mark.parametrize(("screen", "scheme"), [(WIDE, "light"), (NARROW, "dark")], ids=["wide-light", "narrow-dark"])
def test_axe_finds_nothing_and_nothing_sticks_out(browser: Browser, lively: str, screen: dict[str, int], scheme: str):
    complaints: list[str] = []
    with browser.new_context(viewport=screen, color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if "404" not in m.text else None)
        for path in ("/", "/?said=reached", "/?assign=Tom", "/sent", "/held", "/rules", "/customers/maya", "/nothing"):
            page.goto(lively + path)
            for closed in page.locator("summary").all():
                closed.click()
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path}: {found.generate_report()}"
            assert len(found.response["passes"]) > 20
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} sticks out"
    assert complaints == []  # the content security policy forbids nothing that the pages want


@pytest.mark.parametrize(("screen", "scheme"), [(WIDE, "light"), (NARROW, "dark")], ids=["wide-light", "narrow-dark"])
def test_signing_in(browser: Browser, staffed: House, screen: dict[str, int], scheme: str):
    """From the door to the list and out again, without JavaScript; axe looks at each page."""
    looked: list[str] = []

    def look(page: Page) -> None:
        found = Axe().run(page)
        assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} sticks out"
        looked.append(page.url)

    with served(staffed) as url, browser.new_context(viewport=screen, color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(url + "/accounts")
        page.get_by_label("Your name").fill("Ada")
        page.get_by_label("Password").fill("not this one")
        page.get_by_role("button", name="Sign in").click()
        assert "No account" in page.get_by_role("alert").inner_text()
        look(page)
        assert page.get_by_label("Your name").input_value() == "Ada"
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/accounts")
        page.get_by_text("Change", exact=True).first.click()
        page.get_by_label("What it is for").fill("Till")
        page.get_by_label("read: the list").check()
        page.get_by_role("button", name="Make the key").click()
        assert "ok_live_" in page.get_by_role("status").inner_text()
        look(page)
        page.get_by_role("link", name="Ada").click()
        look(page)
        page.get_by_role("button", name="Sign out", exact=True).click()
        page.goto(url)
        assert page.url.endswith("/login")
        look(page)
    assert len(looked) == 4


def test_axe_finds_nothing_when_things_go_wrong(browser: Browser, lively: str):
    with browser.new_context(viewport=NARROW) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(lively)
        page.get_by_role("button", name="Pause everything").click()
        page.goto(lively)
        assert page.get_by_text("please leave this until it goes on").count() == 2
        assert Axe().run(page).violations_count == 0
        page.get_by_label("Note").first.fill("Precious")
        page.evaluate("document.querySelectorAll('[name=token]').forEach(field => field.value = 'stale')")
        page.get_by_role("button", name="Reached").click()
        assert page.get_by_label("Your note").input_value() == "Precious"
        assert Axe().run(page).violations_count == 0
        page.get_by_role("button", name="Send again: Reached").click()
        assert page.get_by_role("status").inner_text() == "Recorded: Reached."


@pytest.mark.parametrize("language", ["en", "fr", "de", "es"])
def test_unsubscribing_without_javascript(browser: Browser, house: House, language: str):
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
            assert Axe().run(page).violations_count == 0
            page.get_by_role("button").last.click()
            assert Axe().run(page).violations_count == 0
            assert page.evaluate("document.documentElement.lang") == language
