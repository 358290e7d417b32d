"""What can be said of templates before there is a customer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.errors import Problem
from outreach.ports import Reading
from outreach.rendering import Checker
from outreach.rendering.sandbox import parsed
from outreach.rendering.speech import spoken, written
from tests.rendering.conftest import Write

HOUSE = {"name": "The Shop", "phone": "+12025550100"}


def said(found: Sequence[Reading]) -> list[str]:
    return [str(problem) for reading in found for problem in reading.problems]


def of_text(text: str) -> Problem:
    (problem,) = Checker(Path("templates"), HOUSE).read_text(text).problems
    return problem


MISTAKES = {
    "{{ customer.first_name": (1, 1, "a tag is opened and not closed", "close {{ with }}, {% with %}, {# with #}"),
    "Hi {{ a }}\n and {{ customer.first_name }": (2, 6, "the brackets don't match", "a value stands between"),
    "{% if a %}\n{% if b %}x{% endif %}\nthe end": (1, 1, "`if` is opened and not closed", "write {% endif %}"),
    "{% set a %}": (1, 1, "`set` gives no value", "write {% set x = customer.first_name %}"),
    "a {# never closed": (1, 3, "a tag is opened and not closed", "close {{ with }}"),
    "a {% iff b %}{% endif %}": (1, 6, "there is no tag `iff`", "did you mean `if`?"),
    "{% if a %}{% elseif b %}{% endif %}": (1, 14, "`elseif` belongs to nothing before it", "did you mean `elif`?"),
    "{% if a %}{% else if b %}{% endif %}": (1, 4, "`if` isn't expected here", "write `elif`"),
    "x\n{% endif %}": (2, 4, "`endif` belongs to nothing before it", ""),
    "{{ customer.first name }}": (1, 19, "`name` isn't expected here", "between {{ and }} stand one value"),
    "{{ “Maria” }}": (1, 4, "`“` can't stand here", "text stands in straight quotes: 'hello'"),
    "{{ 'Maria }}": (1, 4, "`'` can't stand here", "a quote is opened and not closed"),
    "{{ a && b }}": (1, 6, "`&` can't stand here", "write `and`"),
    "{% if a = 1 %}x{% endif %}": (1, 9, "`=` isn't expected here", "== compares"),
    "{{ a ? b : c }}": (1, 6, "`?` can't stand here", "write {{ a if b else c }}"),
    "{{ }}": (1, 1, "something is missing here", "between {{ and }} stand one value"),
    "{{ customer. }}": (1, 1, "something is missing here", "between {{ and }} stand one value"),
    "titel {{ a|titel }}": (1, 12, "there is no filter `titel`", "did you mean `title`?"),
    "{{ 1 is odds }}": (1, 9, "there is no test `odds`", "did you mean `odd`?"),
    "{{ a.b() }}": (1, 1, "templates can't call anything; there are filters", ""),
    "{% include 'x' %}": (1, 1, "templates stand alone: no include", ""),
    "Hi\n {event.item}!": (2, 2, "`{event.item}` would be printed as it stands", "write {{ event.item }}"),
    "{ event['x'] } {{ 1 }}": (1, 1, "`{ event['x'] }` would be printed", "write {{ event['x'] }}"),
    "It is {now}": (1, 7, "`{now}` would be printed as it stands", "write {{ now }}"),
    "Today, {{ now }}": (1, 8, "a date needs a filter: |date or |time", ""),
    "{{ customer.tags }}": (1, 1, "a list can't be printed; a list can be joined: |join(', ')", ""),
    "{{ event.at|date('iso') }}": (1, 1, "date has no style 'iso': there are long, full, short, weekday", ""),
    "{{ 1 / 0 }}": (1, 1, "division by zero", ""),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MISTAKES.items())
def test_a_mistake_is_told_with_its_place(text: str, expected: tuple[int, int, str, str]):
    line, column, message, hint = expected
    problem = of_text(text)
    assert (problem.line, problem.column) == (line, column)
    assert problem.message.startswith(message)
    assert problem.hint.startswith(hint)
    assert problem.severity == "error"


FINE = [
    "Hi {{ customer.first_name|default('there') }}",
    "{% for item in event.items %}{{ item.name }} {{ item.price|money('USD') }}{% endfor %}",
    "{% for name, value in event.prices|items %}{{ name }} {{ value }}{% endfor %}",
    "{{ event.items[0].name }} {{ (event.lines|first).text }} {{ event.guests + 1 }} {{ event.size * 2 }}",
    "{% if event.total > 30 %}much{% endif %} {{ 'a' if event.vip else 'b' }} {{ event.total|round(1) }}",
    "{{ event.arrival|date }} {{ event.arrival|time(zone=customer.timezone) }} {{ now|date('weekday') }}",
    "{{ history['restaurant.feedback'].said }} {{ previous.outcome }} {{ memory.meal }} {{ customer.address.city }}",
    "{% if unsubscribe_url is defined %}{{ unsubscribe_url }}{% endif %}",
    "{{ event.words|sort|join(', ') }} {{ event.all|sum }} {{ event.of|map(attribute='x')|list|length }}",
    "{% if event.guests is divisibleby 2 %}even{% else %}odd{% endif %} {{ event.unknown[customer.site] is defined }}",
    "p { color: red } {not a name} { } {{ '{now}' }}",
]


@pytest.mark.parametrize("text", FINE)
def test_nothing_is_said_of_what_is_fine(text: str):
    assert Checker(Path("templates"), HOUSE).read_text(text).problems == ()


def test_names_are_found_with_their_places():
    text = (
        "Hi {{ customer.first_name|default('x') }}, {%- if event.stay is defined and event.total > 3 %}\n"
        "  {{ event.stay.room }} {{ history['restaurant.feedback'].said }}{% endif %} {{ customer . first_name }}\n"
        "{% for i in event.items %}{{ i.name }}{{ loop.index }}{% endfor %}{% set q = previous.outcome %}{{ q }}\n"
        "{{ now|date(zone=customer.timezone) }} {{ 'a' if customer.vip else event[customer.key] }} {{ event.items[0] }}"
    )
    found = [(n.text, n.line, n.column, n.guarded, n.asked) for n in spoken(text, *parsed(text))]
    assert found == [
        ("customer.first_name", 1, 7, True, False),
        ("event.stay", 1, 51, True, False),
        ("event.total", 1, 77, False, True),
        ("event.stay.room", 2, 6, True, False),
        ("history['restaurant.feedback'].said", 2, 28, False, False),
        ("customer . first_name", 2, 81, False, False),
        ("event.items", 3, 13, False, False),
        ("previous.outcome", 3, 78, False, False),
        ("now", 4, 4, False, False),
        ("customer.timezone", 4, 18, False, False),
        ("customer.vip", 4, 50, False, True),
        ("event", 4, 68, False, False),
        ("customer.key", 4, 74, False, False),
        ("event.items", 4, 94, False, False),
    ]
    lines = text.split("\n")
    assert all(lines[line - 1][column - 1 :].startswith(name) for name, line, column, _, _ in found)


@given(st.text(alphabet="ab.|{}%#-'[]() \n\t1", max_size=60))
def test_whatever_is_written_is_read(text: str):
    text = "{{ a.b }}" + text
    reading = Checker(Path("templates"), HOUSE).read_text(text)
    if not reading.problems:
        assert reading.names[0].parts == ("a", "b")
        assert [n.text in text for n in written(text)]
    assert all(problem.line >= 1 and problem.column >= 1 for problem in reading.problems)


def test_every_language_is_read_on_its_own(folder: Path, write: Write):
    write("x.email.md", "---\nsubject: '{{ customer.name }}'\npreview: a\n---\nhello\n\n{{ event.total }}")
    write("x.email.fr.md", "---\npreview: a\n---\nbonjour")
    write("x.email.de.md", "---\nsubject: hallo\n---\n{{ customer.first_name|titel }}")
    write("x.email.de.txt", "---\nsubject: hallo\n---\nhallo")
    write("y.email.md", "---\nsubject: hello\n---\n{{ customer.first_name }}")
    checker = Checker(folder, HOUSE)

    assert said(checker.read("email", "y")) == []
    assert said(checker.read("email", "x")) == [
        "templates/x.email.de.txt:1:1: error: there is x.email.de.md too (keep one of them)",
        "templates/x.email.de.md:4:24: error: there is no filter `titel` (did you mean `title`?)",
        'templates/x.email.fr.md:1:1: error: an e-mail begins with its front matter: ---, subject: "…", ---',
    ]
    names = [(n.text, n.line, n.column) for r in checker.read("email", "x") for n in r.names]
    assert names == [("customer.name", 2, 14), ("event.total", 7, 4)]
    assert checker.read("sms", "x") == []


def test_a_layout_is_read_with_the_letters_in_it(folder: Path, write: Write):
    write("x.email.html", "---\nsubject: a\nlayout: _page\n---\n<p>{{ event.total }}</p>")
    write("_page.email.html", "<p>{{ subject }}{{ language }}</p>\n{{ content }} {{ business.phone }}")
    found = Checker(folder, HOUSE).read("email", "x")
    assert said(found) == []
    assert [(r.file, [n.text for n in r.names]) for r in found] == [
        ("templates/x.email.html", ["event.total"]),
        ("templates/_page.email.html", ["business.phone"]),
    ]
    for page, problem in {
        "<p>hello</p>": "1:1: error: the layout doesn't print the mail itself (write {{ content }} where it belongs)",
        "{{ content|titel }}": "1:12: error: there is no filter `titel` (did you mean `title`?)",
    }.items():
        write("_page.email.html", page)
        assert said(Checker(folder, HOUSE).read("email", "x")) == [f"templates/_page.email.html:{problem}"]


def test_a_file_that_cannot_be_read(folder: Path):
    (folder / "x.sms.txt").write_bytes(b"\xff\xfe\xff")
    (problem,) = Checker(folder, HOUSE).read("sms", "x")[0].problems
    assert problem.message.startswith("can't be read: ")
