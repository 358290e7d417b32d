"""What axe says of a page as it stands, wide and narrow, light and dark; and that nothing sticks out of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.web.staff import NARROW, WIDE

SIZES = {"wide": WIDE, "narrow": NARROW}
#: The last is how the page is left.
COMBINATIONS = [("narrow", "dark"), ("narrow", "light"), ("wide", "dark"), ("wide", "light")]
#: Buttons, fields and links that stand alone: a finger needs 44 by 44.
SMALL = """() => [...document.querySelectorAll('button, .button, summary, select, input, textarea, nav a, .number')]
  .filter(e => e.type !== 'hidden' && e.type !== 'radio' && e.type !== 'checkbox' && e.checkVisibility())
  .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
  .filter(([, box]) => box.height < 43.5 || box.width < 43.5).map(([html]) => html)"""
#: Every rule that axe has; of what it found only what a person needs to mend it, and how much it looked at.
RUN = """() => axe.run({resultTypes: ['violations']}).then(r => [r.passes.length, r.violations.map(
  v => `${v.id}: ${v.help}\\n` + v.nodes.map(n => `  ${n.html.slice(0, 200)}\\n  ${n.failureSummary}`).join('\\n'))])"""


@cache
def _axe() -> str:
    return str(Axe().axe_script)


def look(
    page: Page, *, open_all: bool = False, combinations: Sequence[tuple[str, str]] = COMBINATIONS, least: int = 20
) -> int:  # fmt: skip
    """Looks at the page in all combinations, or in these; how many that were. With `open_all` all that can be
    opened is, first. More than `least` of axe's rules must have found something to look at."""
    page.emulate_media(reduced_motion="reduce")
    if open_all:
        for closed in page.locator("summary").all():
            if closed.is_visible():
                closed.click()
    page.evaluate(_axe())
    for size, scheme in combinations:
        page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        _judge(page, f"{page.url} {size} {scheme}", least)
    return len(combinations)


def _judge(page: Page, which: str, least: int) -> None:
    found: tuple[int, list[Any]] = page.evaluate(RUN)
    passes, violations = found
    assert violations == [], f"{which}: {violations[0]}"
    assert passes > least, f"axe looked at nothing of {which}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{which} sticks out"
    assert page.evaluate(SMALL) == [], which
