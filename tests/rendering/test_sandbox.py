"""What a template cannot do, however hard it tries."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from outreach.ports import Rendered
from tests.rendering.conftest import Sms


class Record:
    """What an object of the program's might be like."""

    def __init__(self) -> None:
        self.secret = "hunter2"
        self.deleted = False

    def delete(self) -> str:
        self.deleted = True
        return "deleted"


ATTACKS = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ customer.__class__.__init__.__globals__ }}",
    "{{ self.__init__.__globals__.__builtins__.__import__('os').popen('id').read() }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ customer|attr('__class__') }}",
    "{{ ''|attr('format') }}",
    "{{ '{0.__class__}'.format(customer) }}",
    "{{ '{x}'.format_map({'x': 1}) }}",
    "{{ '%s'|format(1) }}",
    "{{ '%0999999999d' % 1 }}",
    "{{ customer.delete() }}",
    "{{ customer.clear() }}",
    "{{ customer.update({'a': 1}) }}",
    "{{ customer.tags.append('x') }}",
    "{{ now.strftime('%0999999999Y') }}",
    "{{ customer.first_name.encode() }}",
    "{{ [customer]|map(attribute='__class__')|join }}",
    "{{ [1]|map('attr', '__class__')|list|join }}",
    "{{ range.__class__ }}",
    "{{ range(*[1, 2]) }}",
    "{{ loop }}",
    "{{ caller() }}",
    "{% include '/etc/passwd' %}",
    "{% extends 'base' %}",
    "{% import 'x' as y %}",
    "{% from 'x' import y %}",
    "{% macro m() %}{% endmacro %}",
    "{% call m() %}{% endcall %}",
    "{% block b %}{% endblock %}",
    "{% filter upper %}x{% endfilter %}",
    "{% set x %}y{% endset %}",
    "{% set ns.x = 1 %}",
    "{% set ns = namespace(x=1) %}",
    "{% autoescape false %}x{% endautoescape %}",
    "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "{{ customer.first_name|safe }}",
    "{{ {'a': 1} }}",
    "{{ 'a' ~ 'b' }}",
    "{% for x in [1] %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "{% for x in [1] %}{{ loop.__init__ }}{% endfor %}",
    "{{ 'x'|upper(*[1]) }}",
    "{{ now.__class__ }}",
    "{{ now.tzinfo }}",
]

LONG = "'" + "a" * 2_000 + "'"
BOMBS = {
    "a power of ten": "{{ 'a' * 10**9 }}",
    "a long text": "{{ 'a' * 1000000000 }}",
    "a long list": "{{ [1] * 1000000000 }}",
    "a tower": "{{ 9 ** 9 ** 9 }}",
    "large numbers": "{{ 9999999999999999 * 9999999999999999 }}",
    "round": "{{ 1|round(1000000000) }}",
    "center": "{{ 'a'|center(1000000000) }}",
    "indent": "{{ 'a'|indent(1000000000) }}",
    "batch": "{{ 'a'|batch(1000000000, 'x') }}",
    "nested loops": "{% for a in range(2000) %}" * 3 + "{% endfor %}" * 3,
    "a long loop": "{% for a in range(1000000000) %}{% endfor %}",
    "a loop that says much": "{% for a in range(1999) %}{{ 'a long line of text' }}{% endfor %}",
    "loops over texts": "{% for a in 'aaaaaaaaaa' %}" * 18 + "{% endfor %}" * 18,
    "join": "{{ range(1000)|join(" + LONG + ") }}",
    "replace": "{{ (" + LONG + ")|replace('a', " + LONG + ") }}",
    "replace nothing": "{{ (" + LONG + ")|replace('', " + LONG + ") }}",
    "doubling": "{% set a = 'aaaaaaaaaa' %}" + "{% set a = a + a %}" * 60 + "{{ a }}",
    "parentheses": "{{ " + "(" * 20_000 + "1" + ")" * 20_000 + " }}",
    "nots": "{{ " + "not " * 15_000 + "1 }}",
    "sums": "{{ " + "1 + " * 15_000 + "1 }}",
    "ifs": "{% if true %}" * 2_400 + "{% endif %}" * 2_400,
    "a large file": "x" * 70_000,
    "a long message": "{{ '" + "a" * 1_700 + "' }}",
}


@pytest.mark.parametrize("template", ATTACKS)
def test_an_attack_is_a_problem(template: str, sms: Sms):
    rendered = sms(template)

    assert rendered.body == ""
    assert rendered.problem.startswith("templates/x.sms.txt:")


@pytest.mark.parametrize("template", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_a_problem_soon(template: str, sms: Sms):
    start = time.thread_time()
    rendered = sms(template)

    assert rendered.body == ""
    assert rendered.problem.startswith("templates/x.sms.txt")
    assert time.thread_time() - start < 5


@pytest.mark.parametrize("template", ["{{ customer.delete() }}", "{{ customer.secret }}", "{{ customer }}"])
def test_an_object_is_never_handed_over(template: str, sms: Sms):
    record = Record()

    assert sms(template, customer=record).problem.startswith("templates/x.sms.txt:1: ")
    assert not record.deleted


def test_an_object_that_nobody_asks_for_stays_behind(sms: Sms):
    event = {"total": 7, "record": Record()}

    assert sms("{{ event.total }}", event=event).body == "7"
    assert sms("\n{{ event.record.secret }}", event=event) == Rendered(
        problem="templates/x.sms.txt:2: 'event.record' is a Record, which templates can't see"
    )


def test_the_data_is_copied(sms: Sms):
    class Sly(str):
        def __html__(self) -> str:
            return "<script>"

        def upper(self) -> str:
            return "sly"

    assert sms("{{ customer.name|upper }}", customer={"name": Sly("maria")}).body == "MARIA"
    assert sms("{{ customer.a|join }}{{ customer.b }}", customer={"a": (1, 2), "b": Decimal("3.5")}).body == "123.5"


def test_too_much_data_is_a_problem(sms: Sms):
    deep: dict[str, object] = {}
    deep["again"] = deep

    assert sms("hello", customer=deep).problem == (
        "templates/x.sms.txt: 'customer" + ".again" * 21 + "' holds too much for a template"
    )
    assert "holds too much" in sms("hello", customer={"list": [0] * 30_000}).problem


def test_control_characters_of_the_data_are_dropped(sms: Sms):
    name = "Ma\x00ri\x1ba\u202e\r"
    assert sms("Hi {{ customer.name }}!\nBye", customer={"name": name}).body == "Hi Maria!\nBye"
