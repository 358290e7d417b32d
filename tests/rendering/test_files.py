"""Which file a template is, and what can be said of it before anything is rendered."""

from __future__ import annotations

from pathlib import Path

import pytest

from outreach.ports import Rendered
from outreach.rendering import Renderer
from tests.rendering.conftest import CONTEXT, Write


def test_languages_fall_back(folder: Path, write: Write):
    for name, text in {
        "x.sms.txt": "Hello, {{ now|date }}",
        "x.sms.fr.txt": "Bonjour, {{ now|date }} {{ now|time }}",
        "x.sms.pt-BR.txt": "Oi, {{ now|date('full') }}",
        "x.sms.de.txt": "Hallo, {{ now|date }}",
    }.items():
        write(name, text)
    renderer = Renderer(folder)

    def said(language: str) -> str:
        return renderer.render("sms", "x", CONTEXT, language).body

    assert said("fr") == said("fr-CA") == said("fr_CA") == said("FR") == "Bonjour, vendredi 13 novembre 09:30"
    assert said("pt-BR") == "Oi, sexta-feira, 13 de novembro 2026"
    assert said("de-AT") == "Hallo, Freitag, 13. November"
    assert said("") == said("en") == said("pt") == said("../../x") == said("f" * 50) == "Hello, Friday 13 November"


def test_a_script_for_a_call_is_text(folder: Path, write: Write):
    write("x.call.md", "# {{ customer.first_name }}\n\nShe said: {{ memory.meal }} <3\n")
    write("x.task.md", "Champagne for {{ customer.first_name }}")
    renderer = Renderer(folder)

    assert renderer.render("call", "x", CONTEXT) == Rendered(body="# Maria\n\nShe said: likes it well done <3")
    assert renderer.render("task", "x", CONTEXT) == Rendered(body="Champagne for Maria")


@pytest.mark.parametrize(
    ("channel", "name", "problem"),
    [
        ("sms", "hello", "templates/hello.sms.txt: no such template"),
        (
            "sms",
            "haircut-nextday",
            "templates/haircut-nextday.sms.txt: no such template (did you mean `haircut-next-day`?)",
        ),
        ("email", "haircut-next-day", "templates/haircut-next-day.email.html: no such template"),
        ("emial", "x", "templates/x.emial: no channel `emial` (did you mean `email`?)"),
        (
            "sms",
            "../templates/haircut-next-day",
            "templates/../templates/haircut-next-day.sms.txt: no such template (did you mean `haircut-next-day`?)",
        ),
        ("sms", "", "templates/.sms.txt: no such template"),
    ],
)
def test_a_template_that_is_not_there(channel: str, name: str, problem: str, folder: Path, write: Write):
    write("haircut-next-day.sms.txt", "hello")

    assert Renderer(folder).render(channel, name, CONTEXT) == Rendered(problem=problem)


def test_a_file_that_cannot_be_read(folder: Path):
    (folder / "x.sms.txt").write_bytes(b"\xff\xfe\xff")

    assert Renderer(folder).render("sms", "x", CONTEXT).problem.startswith("templates/x.sms.txt: can't be read: ")


def test_a_changed_file_is_read_again(folder: Path, write: Write):
    renderer = Renderer(folder)
    write("x.sms.txt", "one")
    assert renderer.render("sms", "x", CONTEXT).body == "one"
    write("x.sms.txt", "the other")
    assert renderer.render("sms", "x", CONTEXT).body == "the other"
