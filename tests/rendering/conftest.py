"""Templates in a folder of the test's own, and the data they get to see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from outreach.ports import Rendered
from outreach.rendering import Renderer

CUSTOMER = {"first_name": "Maria", "last_name": "Álvarez", "tags": ["vip", "early"], "nickname": "", "title": None}
CONTEXT: Mapping[str, object] = {
    "customer": CUSTOMER,
    "event": {"type": "purchase", "total": 1234.5, "items": ["cut", "colour"], "at": "2026-11-13T15:00:00-05:00"},
    "previous": {"outcome": "no_answer"},
    "memory": {"meal": "likes it well done"},
    "now": datetime(2026, 11, 13, 9, 30, tzinfo=UTC),
    "rule": {"name": "haircut-next-day"},
    "business": {"name": "The Shop", "phone": "+12025550100"},
}
Write = Callable[[str, str], None]
Sms = Callable[..., Rendered]
Mail = Callable[..., Rendered]
LETTER = '---\nsubject: "Hello {{ customer.first_name }}"\npreview: See you on {{ event.at|date }}\n---\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    return tmp_path / "templates"


@pytest.fixture
def write(folder: Path) -> Write:
    def to(name: str, text: str) -> None:
        (folder / name).write_text(text, encoding="utf-8")

    return to


@pytest.fixture
def sms(folder: Path, write: Write) -> Callable[..., Rendered]:
    """Renders a text as an SMS."""

    def render(text: str, **changes: object) -> Rendered:
        write("x.sms.txt", text)
        return Renderer(folder).render("sms", "x", {**CONTEXT, **changes})

    return render


@pytest.fixture
def mail(folder: Path, write: Write) -> Callable[..., Rendered]:
    """Renders a text as an e-mail, by the extension of its file."""

    def render(text: str, extension: str = "txt", **changes: object) -> Rendered:
        write(f"x.email.{extension}", text)
        return Renderer(folder).render("email", "x", {**CONTEXT, **changes})

    return render
