"""What a template cannot do, however hard it tries."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from outreach.ports import Rendered
from outreach.rendering import Renderer
from tests.rendering.bombs import BOMBS, MEGABYTES, PAGES, SECONDS
from tests.rendering.conftest import CONTEXT, LETTER, Mail, Sms, Write

ROOT = Path(__file__).parent.parent.parent


class Record:
    """What an object of the program's might be like."""

    def __init__(self) -> None:
        self.secret = "hunter2"
        self.deleted = False

    def delete(self) -> str:
        self.deleted = True
        return "deleted"


ATTACKS = {
    "walking up the classes": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "walking by subscripts": "{{ ''['__class__']['__mro__'][1] }}",
    "a hidden underscore": "{{ ''['\\x5f\\x5fclass\\x5f\\x5f'] }}",
    "the class of a number": "{{ (1).__class__ }}",
    "the class of a tuple": "{{ ()['__class__'] }}",
    "the globals of a dict": "{{ customer.__class__.__init__.__globals__ }}",
    "the builtins, by self": "{{ self.__init__.__globals__.__builtins__.__import__('os').popen('id').read() }}",
    "self": "{{ self }}",
    "the system, by cycler": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "the system, by lipsum": "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "the system, by joiner": "{{ joiner.__init__.__globals__.os }}",
    "the system, by namespace": "{{ namespace.__init__.__globals__.os }}",
    "the system, by dict": "{{ dict.__base__.__subclasses__() }}",
    "what web frameworks leave about": "{{ config.items() }}{{ request.application }}{{ g.pop }}",
    "the filter attr": "{{ customer|attr('__class__') }}",
    "the filter attr for format (CVE-2025-27516)": "{{ ''|attr('format') }}",
    "format (CVE-2016-10745)": "{{ '{0.__class__}'.format(customer) }}",
    "format_map (CVE-2019-10906)": "{{ '{x}'.format_map({'x': 1}) }}",
    "format kept for later (CVE-2024-56326)": "{% set f = '{0.__class__}'.format %}{{ f(customer) }}",
    "format by map": "{{ ['{0.__class__}']|map('format', customer)|join }}",
    "the filter format": "{{ '%s'|format(1) }}",
    "a percent sign": "{{ '%s' % customer }}",
    "xmlattr (CVE-2024-22195)": "{{ customer|xmlattr }}",
    "calling a method": "{{ customer.delete() }}",
    "clearing the data": "{{ customer.clear() }}",
    "changing the data": "{{ customer.update({'a': 1}) }}",
    "adding to the data": "{{ customer.tags.append('x') }}",
    "a method of an instant": "{{ now.strftime('%Y') }}",
    "a method of a text": "{{ customer.first_name.encode() }}",
    "attributes by map": "{{ [customer]|map(attribute='__class__')|join }}",
    "attributes by sum": "{{ [customer]|sum(attribute='__class__') }}",
    "attributes by sort": "{{ [customer, customer]|sort(attribute='__class__')|length }}",
    "attributes by selectattr": "{{ [customer]|selectattr('__class__')|list|length }}",
    "attributes by groupby": "{{ [customer]|groupby('__class__') }}",
    "attr by map": "{{ [1]|map('attr', '__class__')|list|join }}",
    "printing what is inside": "{{ customer|pprint }}",
    "the class of range": "{{ range.__class__ }}",
    "range with a star": "{{ range(*[1, 2]) }}",
    "loop outside of a loop": "{{ loop }}",
    "the caller": "{{ caller() }}",
    "include, an absolute path": "{% include '/etc/passwd' %}",
    "include, a path upwards": "{% include '../rules/fields.yaml' %}",
    "include, by a name from the data": "{% include customer.first_name %}",
    "extends": "{% extends 'base' %}",
    "import": "{% import 'x' as y %}",
    "from import": "{% from 'x' import y %}",
    "a macro": "{% macro m() %}{% endmacro %}",
    "a call block": "{% call m() %}{% endcall %}",
    "a block": "{% block b %}{% endblock %}",
    "a filter block": "{% filter upper %}x{% endfilter %}",
    "a set block": "{% set x %}y{% endset %}",
    "setting a field": "{% set ns.x = 1 %}",
    "a namespace": "{% set ns = namespace(x=1) %}",
    "autoescape off": "{% autoescape false %}x{% endautoescape %}",
    "debug": "{% debug %}",
    "do": "{% do customer.clear() %}",
    "a loop that calls itself": "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "safe": "{{ customer.first_name|safe }}",
    "a dict": "{{ {'a': 1} }}",
    "a tilde": "{{ 'a' ~ 'b' }}",
    "cycle of a loop": "{% for x in [1] %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "the inside of a loop": "{% for x in [1] %}{{ loop.__init__ }}{% endfor %}",
    "arguments with a star": "{{ 'x'|upper(*[1]) }}",
    "the class of an instant": "{{ now.__class__ }}",
    "the zone of an instant": "{{ now.tzinfo }}",
    "what the sandbox itself put there": "{{ self._TemplateReference__context }}",
}

# In a customer's record, whatever the template does with it, it is text.
WRITTEN_BY_CUSTOMERS = {
    "a sum": "{{ 7*7 }}",
    "a statement": "{% for x in range(10) %}x{% endfor %}",
    "a comment": "{# hidden #}",
    "a walk up the classes": "{{ ''.__class__ }}",
    "a format string": "{0.__class__} %s %(x)s ${x}",
    "a raw block": "{% raw %}{{ customer }}{% endraw %}",
}


@pytest.fixture(scope="module")
def bombs() -> dict[str, Any]:
    """What came of each bomb, in a process of its own."""
    command = [sys.executable, "-m", "tests.rendering.bombs"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=240)
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize("template", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_is_a_problem(template: str, sms: Sms):
    rendered = sms(template)

    assert rendered.body == ""
    assert rendered.problem.startswith("templates/x.sms.txt:")


@pytest.mark.parametrize(
    "attribute",
    ["customer.__class__", "customer.keys", "customer['update']", "''.format", "'x'.upper", "event.items.append",
     "now.tzinfo", "now.__class__", "now.strftime", "range.__class__", "(1).real", "(1.5)['hex']"],
)  # fmt: skip
def test_an_attribute_is_not_even_there(attribute: str, sms: Sms):
    assert sms("{{ 'reached' if " + attribute + " is defined else 'not there' }}").body == "not there"


@pytest.mark.parametrize("name", [*BOMBS, *PAGES])
def test_a_bomb_is_a_problem_soon(name: str, bombs: dict[str, Any]):
    came = bombs[name]

    assert "killed" not in came
    assert came["body"] == ""
    assert came["problem"].startswith("templates/x.")
    assert came["seconds"] < SECONDS
    assert came["megabytes"] < MEGABYTES


def test_the_bombs_child_would_be_ended(tmp_path: Path):
    code = (
        "import sys; from pathlib import Path; from tests.rendering import bombs\n"
        "bombs.SECONDS = 1\n"
        "def spin(folder, name):\n"
        "    while True: pass\n"
        "def hoard(folder, name):\n"
        "    return {'size': len('x' * 10**9)}\n"
        "print([bombs.in_a_child(Path(), 'x') for bombs.rendered in (spin, hoard)])"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.count("'killed'") == 2


@pytest.mark.parametrize("name", WRITTEN_BY_CUSTOMERS.values(), ids=WRITTEN_BY_CUSTOMERS)
def test_what_a_customer_wrote_is_printed_and_not_run(name: str, sms: Sms, mail: Mail):
    assert sms("Hi {{ customer.first_name }}", customer={"first_name": name}).body == f"Hi {name}"
    letter = mail(LETTER + "Dear {{ customer.first_name }}", customer={"first_name": name})
    assert (letter.subject, letter.body) == (f"Hello {name}", f"Dear {name}")


def test_what_a_customer_wrote_is_not_run_behind_a_filter_or_in_a_layout(mail: Mail, write: Write):
    write("_page.email.html", "<html><body>{{ subject }} {{ content }}</body></html>")
    front = "---\nsubject: Hello {{ customer.first_name }}\nlayout: _page\n---\n"
    name = "{{ 7*7 }}<b>{{ content }}"
    letter = mail(front + "<p>{{ customer.first_name|upper|default('x') }}</p>", "html", customer={"first_name": name})
    assert letter.problem == ""
    assert letter.subject == f"Hello {name}"
    assert "49" not in letter.html
    assert "<b>" not in letter.html
    assert letter.body == "Hello {{ 7*7 }}<b>{{ content }}\n\n{{ 7*7 }}<B>{{ CONTENT }}"


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/passwd", "x/../../secret", "x\x00", "..", "_page", "{0.__class__}", ""]
)
def test_a_name_from_outside_leads_to_no_other_file(name: str, folder: Path, write: Write):
    (folder.parent / "secret.sms.txt").write_text("secret")
    write("_page.sms.txt", "secret")
    rendered = Renderer(folder).render("sms", name, CONTEXT)
    assert rendered.body == ""
    assert "no such template" in rendered.problem
    assert "secret" not in Renderer(folder).render("sms", "x", CONTEXT, language=f"../{name}").problem


@pytest.mark.parametrize("layout", ["../secret", "/etc/passwd", "_../secret", "x", "_x/../../secret", "_{0}"])
def test_a_layout_is_a_file_of_the_folder(layout: str, folder: Path, mail: Mail):
    (folder.parent / "secret.email.html").write_text("secret {{ content }}")
    (folder / "x.email.html").write_text("secret {{ content }}")
    rendered = mail(f"---\nsubject: hello\nlayout: '{layout}'\n---\nhello", "html")
    assert rendered.html == ""
    assert f"there is no layout `{layout}`" in rendered.problem


@pytest.mark.parametrize("template", ["{{ customer.delete() }}", "{{ customer.secret }}", "{{ customer }}"])
def test_an_object_is_never_handed_over(template: str, sms: Sms):
    record = Record()

    assert sms(template, customer=record).problem.startswith("templates/x.sms.txt:1: ")
    assert not record.deleted


def test_an_object_that_nobody_asks_for_stays_behind(sms: Sms):
    event = {"total": 7, "record": Record()}

    assert sms("{{ event.total }}", event=event).body == "7"
    assert sms("\n{{ event.record.secret }}", event=event) == Rendered(
        problem="templates/x.sms.txt:2: `event.record` is a Record, which templates can't see"
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

    assert sms("hello {{ customer.name }}", customer=deep).problem == (
        "templates/x.sms.txt: `customer" + ".again" * 21 + "` holds too much for a template"
    )
    assert "holds too much" in sms("hello {{ customer.name }}", customer={"list": [0] * 30_000}).problem
    assert sms("hello", customer=deep).body == "hello"  # it isn't looked at


@pytest.mark.parametrize("unwanted", ["\x00", "\x1b", "\r", "\x7f", "\x85", "\u202e", "\u202a", "\u2066", "\ud800"])
def test_control_characters_of_the_data_are_dropped(unwanted: str, sms: Sms, mail: Mail):
    customer = {"first_name": f"Ma{unwanted}ria"}
    assert sms("Hi {{ customer.first_name }}!\nBye", customer=customer).body == "Hi Maria!\nBye"
    assert mail(LETTER + "hello", customer=customer).subject == "Hello Maria"
