"""Templates that try to use up time, memory or the stack, each rendered in a process that may be killed.

    python -m tests.rendering.bombs

prints for each what came of it: `{"name": {"problem": …, "seconds": …, "megabytes": …}}`, or `{"killed": SIGNAL}`. A
bomb that the sandbox no longer stops ends its own child and nothing else.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from outreach.rendering import Renderer

SECONDS, MEGABYTES = 5, 256
LONG = "'" + "a" * 2_000 + "'"
TEXT = "'" + "&" * 9_000 + "'"

BOMBS = {
    "a text times a thousand million": "{{ 'x' * 10**9 }}",
    "a text multiplied": "{{ 'a' * 1000000000 }}",
    "a list multiplied": "{{ [1] * 1000000000 }}",
    "a power tower": "{{ 9 ** 9 ** 9 }}",
    "large numbers": "{{ 9999999999999999 * 9999999999999999 }}",
    "range of a thousand million": "{{ range(1000000000)|list|length }}",
    "a loop over a thousand million": "{% for a in range(1000000000) %}{% endfor %}",
    "three loops within each other": "{% for a in range(2000) %}" * 3 + "{% endfor %}" * 3,
    "eighteen loops over texts": "{% for a in 'aaaaaaaaaa' %}" * 18 + "{% endfor %}" * 18,
    "a loop that says much": "{% for a in range(1999) %}{{ 'a long line of text' }}{% endfor %}",
    "a loop with much in it": "{% for a in range(2000) %}" + "{% set x = range(2000)|sum %}" * 2_000 + "{% endfor %}",
    "a loop over long texts": "{% set t = " + TEXT + " %}{% for a in range(2000) %}"
    + "{% set x = t|title %}" * 1_000 + "{% endfor %}",
    "a loop that only compares": "{% for a in range(2000) %}" + "{% if 1 in range(1999) %}{% endif %}" * 1_500
    + "{% endfor %}",
    "filters behind filters": "{% for a in range(2000) %}{% set x = range(2000)" + "|map('e')" * 60
    + "|list %}{% endfor %}",
    "sorting again and again": "{% for a in range(2000) %}{% set x = range(2000)|sort|reverse|unique|list %}"
    "{% endfor %}",
    "doubling a text": "{% set a = 'aaaaaaaaaa' %}" + "{% set a = a + a %}" * 60 + "{{ a }}",
    "doubling a list": "{% set a = ['x'] %}" + "{% set a = [a, a] %}" * 60 + "{{ a|join }}",
    "doubling a tuple": "{% set a = ('x',) %}" + "{% set a = (a, a) %}" * 60 + "{{ a|upper }}",
    "comparing doubled lists": "{% set a = ['x'] %}{% set b = ['x'] %}"
    + "{% set a = [a, a] %}{% set b = [b, b] %}" * 60 + "{{ 1 if a == b else 2 }}",
    "round to a thousand million digits": "{{ 1|round(1000000000) }}",
    "center, a thousand million wide": "{{ 'a'|center(1000000000) }}",
    "indent, a thousand million wide": "{{ 'a'|indent(1000000000) }}",
    "wordwrap with a long end": "{{ 'a b'|wordwrap(1, true, " + LONG + ") }}",
    "format, a thousand million wide": "{{ '%01000000000d'|format(1) }}",
    "a percent sign, a thousand million wide": "{{ '%0999999999d' % 1 }}",
    "strftime, a thousand million wide": "{{ now.strftime('%0999999999Y') }}",
    "batch": "{{ 'a'|batch(1000000000, 'x') }}",
    "slice": "{{ 'a'|slice(1000000000, 'x')|list }}",
    "tojson with an indent": "{{ [1]|tojson(1000000000) }}",
    "join": "{{ range(1000)|join(" + LONG + ") }}",
    "replace": "{{ (" + LONG + ")|replace('a', " + LONG + ") }}",
    "replace nothing": "{{ (" + LONG + ")|replace('', " + LONG + ") }}",
    "escaping what is escaped": "{% set a = " + TEXT + " %}" + "{% set a = a|e + '' %}" * 2_000 + "{{ a }}",
    "quoting what is quoted": "{% set a = " + TEXT + " %}" + "{% set a = a|urlencode %}" * 2_000 + "{{ a }}",
    "lipsum": "{{ lipsum(n=1000000) }}",
    "a cycler": "{% set c = cycler(*range(1000000000)) %}{{ c.next() }}",
    "a joiner": "{% set j = joiner('x' * 1000000000) %}{{ j() }}",
    "a macro that calls itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "a loop that calls itself": "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "a template that includes itself": "{% include 'x.sms.txt' %}",
    "a template that extends itself": "{% extends 'x.sms.txt' %}",
    "a template that imports itself": "{% import 'x.sms.txt' as x %}{{ x }}",
    "parentheses": "{{ " + "(" * 20_000 + "1" + ")" * 20_000 + " }}",
    "lists in lists": "{{ " + "[" * 20_000 + "]" * 20_000 + " }}",
    "nots": "{{ " + "not " * 15_000 + "1 }}",
    "sums": "{{ " + "1 + " * 15_000 + "1 }}",
    "dots": "{{ customer" + ".a" * 20_000 + " }}",
    "ifs": "{% if true %}" * 2_400 + "{% endif %}" * 2_400,
    "a number of many digits": "{{ " + "9" * 60_000 + " }}",
    "a large file": "x" * 70_000,
    "a long message": "{{ '" + "a" * 1_700 + "' }}",
}  # fmt: skip

PAGES = {
    "a page of open divs": "<div>" * 12_000 + "x",
    "a page of open bold": "<b>" * 20_000 + "x",
    "a page of open tables": "<table><tr><td>" * 4_000 + "x",
    "a page of open lists": "<ul><li>" * 7_000 + "x",
    "a page of open bodies": "<body " * 10_000 + ">x",
    "divs that a loop makes": "{% for a in range(1990) %}<div><div>{% endfor %}x",
    "divs closed by another's end": "<b><div></b>" * 4_000 + "x",
    "a selector of many parts": "<style>" + "div " * 3_000 + "{color:red}</style>" + "<div>" * 9_000 + "x",
}
FRONT = "---\nsubject: hello\n---\n"


def rendered(folder: Path, name: str) -> dict[str, object]:
    """Renders one of them here, in this process."""
    page = name in PAGES
    file = folder / f"x.{'email.html' if page else 'sms.txt'}"
    file.write_text(FRONT + PAGES[name] if page else BOMBS[name], encoding="utf-8")
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    said = Renderer(folder).render("email" if page else "sms", "x", {"customer": {"name": "Maria"}})
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {
        "problem": said.problem,
        "body": said.body,
        "seconds": time.process_time() - began,
        "megabytes": grown >> 10,
    }


def in_a_child(folder: Path, name: str) -> dict[str, object]:
    """Renders one in a child of its own, that is ended when it takes too much."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (_address_space() + (MEGABYTES << 20),) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with os.fdopen(writing, "w") as out:
            json.dump(rendered(folder, name), out)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as said:
        answer = said.read()
    _, status = os.waitpid(child, 0)
    return json.loads(answer) if answer else {"killed": os.WTERMSIG(status), "status": status}


def _address_space() -> int:
    """Of this process, in bytes."""
    pages = Path("/proc/self/statm")
    return int(pages.read_text().split()[0]) * resource.getpagesize() if pages.exists() else 1 << 40


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as there:
        place = Path(there) / "templates"
        place.mkdir()
        json.dump({name: in_a_child(place, name) for name in [*BOMBS, *PAGES]}, sys.stdout)
