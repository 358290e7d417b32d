"""What a template can say, and what stops its message."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.ports import Rendered
from outreach.rendering import Renderer
from tests.rendering.conftest import CONTEXT, Sms

GOOD = {
    "Hi {{ customer.first_name }}!": "Hi Maria!",
    "{{ customer['last_name']|upper }}": "ÁLVAREZ",
    "{% for item in event.items %}{{ item }}{% if not loop.last %}, {% endif %}{% endfor %}": "cut, colour",
    "{{ event.items|join(' and ') }} {{ event.items[0] }} {{ event.items|length }}": "cut and colour cut 2",
    "{% if 'vip' in customer.tags and event.total >= 30 %}yes{% else %}no{% endif %}": "yes",
    "{{ customer.nickname|default('friend') }} {{ customer.pet|default('none') }}": "friend none",
    "{% if customer.nickname %}{{ customer.nickname }}{% else %}{{ customer.first_name }}{% endif %}": "Maria",
    "{{ 'no title' if customer.title is none else customer.title }}": "no title",
    "{{ 'unset' if customer.title is not defined else 'set' }}": "unset",
    "{% if customer.title == '' and customer.title != 'x' and not customer.title|length %}empty{% endif %}": "empty",
    "{% for x in customer.title %}{{ x }}{% else %}nothing{% endfor %}": "nothing",
    "{% set who = customer.first_name %}{{ who + '!' }}": "Maria!",
    "{% with a = 2 %}{{ a * 3 + 4 - 1 }} {{ 7 // 2 }} {{ 7 % 2 }} {{ -a }}{% endwith %}": "9 3 1 -2",
    "{% for i in range(3) %}{{ i }}{% endfor %}": "012",
    "{{ event.at|date }} at {{ event.at|time }}": "Friday 13 November at 3 pm",
    "{{ event.total|money('USD') }} {{ event.total|money }}": "$1,234.50 1,234.50",
    "{{ now.hour }}:{{ now.minute }} {{ now|time }} {{ now|time('24h') }}": "9:30 9:30 am 09:30",
    "{{ now|time(zone='America/New_York') }}": "4:30 am",
    "{{ event.total|round }} {{ event.total|round(1) }}": "1234 1234.5",
    "{{ customer.first_name[:3] }} {{ 'aXbX'|replace('X', '-') }}": "Mar a-b-",
    "{{ [3, 1, 2]|sort|join('') }} {{ event.items|map('upper')|join }}": "123 CUTCOLOUR",
    "a\n{% if true %}\nb\n{% endif %}\nc": "a\nb\nc",
}  # fmt: skip


@pytest.mark.parametrize(("template", "text"), GOOD.items())
def test_a_template_says(template: str, text: str, sms: Sms):
    assert sms(template) == Rendered(body=text)


UNKNOWN = {
    "{{ first_nam }}": "`first_nam` is undefined (did you mean `customer.first_name`?)",
    "{{ custmer.first_name }}": "`custmer` is undefined (did you mean `customer`?)",
    "{{ customer.first_nam }}": "`first_nam` is undefined (did you mean `first_name`?)",
    "{{ customer['first_nam'] }}": "`first_nam` is undefined (did you mean `first_name`?)",
    "{{ customer.zzz }}": "`zzz` is undefined",
    "{{ customer.zzz.yyy }}": "`zzz` is undefined",
    "{% if customer.zzz %}a{% endif %}": "`zzz` is undefined",
    "{{ customer.zzz|upper }}": "`zzz` is undefined",
    "{{ event.zzz|date }}": "`zzz` is undefined",
    "{{ event.zzz + 1 }}": "`zzz` is undefined",
    "{{ customer.tags[7] }}": "`7` is undefined",
    "{{ customer.tags.x }}": "`x` is undefined",
    "{{ [][0] }}": "`0` is undefined",
    "{{ []|first }}": "No first item, sequence was empty.",
    "Dear {{ customer.nickname }},": "`nickname` is empty",
    "Dear {{ customer.title|title }},": "`title` is empty",
    "{{ customer.title.name }}": "`title` is empty",
    "{% set who = customer.nickname %}{{ who }}": "`nickname` is empty",
    "{{ 'x' + customer.nickname }}": "`nickname` is empty",
    "{{ customer.nickname|date }}": "`nickname` is empty",
}


@pytest.mark.parametrize(("template", "problem"), UNKNOWN.items())
def test_what_is_not_there_stops_the_message(template: str, problem: str, sms: Sms):
    assert sms("Hello,\nthis is line 2,\n" + template) == Rendered(problem=f"templates/x.sms.txt:3: {problem}")


def test_a_blank_top_level_name_is_empty_too(sms: Sms):
    assert sms("{{ previous }}", previous=None).problem == "templates/x.sms.txt:1: `previous` is empty"
    assert sms("{{ previous.outcome }}", previous=None).problem == "templates/x.sms.txt:1: `previous` is empty"
    assert sms("{% if previous %}again{% else %}first{% endif %}", previous=None).body == "first"


MISTAKES = {
    "{{ customer.first_name": "1: a tag is opened and not closed (close {{ with }}, {% with %}, {# with #})",
    "{% if a %}": "1: `if` is opened and not closed (write {% endif %} where it ends)",
    "{{ customer.first_name|titel }}": "there is no filter `titel` (did you mean `title`?)",
    "{{ 1 is odds }}": "there is no test `odds` (did you mean `odd`?)",
    "{{ event.total > 'x' }}": "'>' not supported between instances of 'float' and 'str'",
    "{{ 'soon'|date }}": "'soon' is not a date",
    "{{ 7|date }}": "'7' is not a date",
    "{{ now|date('iso') }}": "date has no style 'iso': there are long, full, short, weekday",
    "{{ now|date(zone='Mars/Olympus') }}": "'Mars/Olympus' is not a time zone",
    "{{ now|date(1, 2, 3, 4, 5) }}": "|date takes from 1 to 3 positional arguments",
    "{{ now|time('iso') }}": "time has no style 'iso': there are 12h, 24h",
    "{{ '2026-11-13'|time }}": "'2026-11-13' has no time of day",
    "{{ 'ten'|money }}": "'ten' is not an amount of money",
    "{{ 'nan'|money }}": "'nan' is not an amount of money",
    "{{ now }}": "a date needs a filter: |date or |time",
    "{{ customer.tags }}": "a list can't be printed; a list can be joined: |join(', ')",
    "{{ customer }}": "a dict can't be printed",
    "{{ 1 == 1 }}": "a bool can't be printed",
    "{{ none }}": "a NoneType can't be printed",
    "{{ 1 / 0 }}": "division by zero",
    "": "the message is empty",
    " \n{# nothing #}\n": "the message is empty",
}


@pytest.mark.parametrize(("template", "problem"), MISTAKES.items())
def test_a_mistake_stops_the_message(template: str, problem: str, sms: Sms):
    rendered = sms(template)

    assert rendered.body == ""
    assert rendered.problem.startswith("templates/x.sms.txt")
    assert problem in rendered.problem


def test_a_short_text_of_a_rule_runs_in_the_same_sandbox(folder: Path):
    renderer = Renderer(folder)
    good = renderer.render_text("Champagne for {{ customer.first_name }}", CONTEXT)

    assert good == Rendered(body="Champagne for Maria")
    assert renderer.render_text("", CONTEXT) == Rendered()
    assert renderer.render_text("{{ customer.first_nam }}", CONTEXT) == Rendered(
        problem="the rule's text:1: `first_nam` is undefined (did you mean `first_name`?)"
    )
    for bad in ("{{ customer.delete() }}", "{{ "):
        assert renderer.render_text(bad, CONTEXT).problem.startswith("the rule's text:1: ")


class Unreadable(dict[str, object]):
    """Data that fails while it is read."""

    def items(self) -> Any:
        raise OSError("gone")


def test_data_that_cannot_be_read_is_a_problem(folder: Path, sms: Sms):
    assert (
        Renderer(folder).render_text("hello {{ x }}", {"x": Unreadable()}).problem == "the rule's text: OSError: gone"
    )
    assert sms("hello {{ x }}", x=Unreadable()).problem == "templates/x.sms.txt: OSError: gone"


@given(st.text(max_size=300), st.sampled_from(["sms", "call", "email"]))
def test_no_template_whatsoever_raises(tmp_path_factory: pytest.TempPathFactory, text: str, channel: str):
    folder = tmp_path_factory.mktemp("templates")
    extension = "txt" if channel == "sms" else "md"
    front = "---\nsubject: Hello\n---\n" if channel == "email" else ""
    (folder / f"x.{channel}.{extension}").write_text(front + "{{" + text + "}}", encoding="utf-8", errors="ignore")

    rendered = Renderer(folder).render(channel, "x", CONTEXT)
    assert bool(rendered.body) != bool(rendered.problem)


@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.text() | st.datetimes(), lambda inner: st.lists(inner))
)
def test_no_value_whatsoever_raises_or_leaves_a_hole(tmp_path_factory: pytest.TempPathFactory, value: object):
    folder = tmp_path_factory.mktemp("templates")
    (folder / "x.sms.txt").write_text("Dear {{ customer.name }},", encoding="utf-8")

    rendered = Renderer(folder).render("sms", "x", {"customer": {"name": value}})
    assert bool(rendered.body) != bool(rendered.problem)
    assert rendered.body.replace(" ", "") != "Dear,"
