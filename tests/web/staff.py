"""People at work: customers whose cards wait, and windows of a real browser in which somebody does them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, Page, expect

from outreach.core.customer import Customer
from tests.web.house import House, haircut

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
NAMES = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Finn")


def crowd(house: House, number: int = 3) -> list[str]:
    """So many customers had their hair cut; their ids, in the order of the list."""
    people = [
        Customer(
            id=f"c{n:03d}", first_name=NAMES[n % len(NAMES)], last_name=f"No{n:03d}", phone=f"+1212555{n:04d}",
            timezone="America/New_York", country="US",
        )
        for n in range(number)
    ]  # fmt: skip
    house.people(*people)
    house.happens(*(haircut(c.id, data={"service": "haircut"}) for c in people))
    return [c.id for c in house.cards()]


@contextmanager
def window(browser: Browser, url: str, name: str = "", **more: Any) -> Iterator[Page]:
    """A window of somebody's browser. Whatever it complains of fails the test."""
    complaints: list[str] = []
    with browser.new_context(**{"viewport": WIDE} | more) as context:
        if name:
            context.add_cookies([{"name": "outreach_staff", "value": quote(name), "url": url}])
        page = context.new_page()
        page.set_default_timeout(8000)
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
    # A page that is refused says so in the console; the content security policy must not.
    assert [c for c in complaints if "status of" not in c and "net::" not in c] == []


def focused(page: Page) -> str:
    """What has the focus: its id, or its text."""
    found: str = page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")
    return found


def card_is(page: Page, name: str) -> None:
    """This card is open, and the focus is on it."""
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.locator("#whom")).to_be_focused()
