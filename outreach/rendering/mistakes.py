"""What Jinja says of a template that it can't read, in a marketer's words and with the place."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from jinja2 import TemplateSyntaxError

from outreach.rendering.problem import TemplateProblem, did_you_mean

TAGS: Final = ("if", "elif", "else", "endif", "for", "endfor", "set", "with", "endwith")
OTHER_LANGUAGES: Final = {"elseif": "elif", "elsif": "elif", "foreach": "for", "end": "endif", "assign": "set"}
STRAIGHT: Final = "text stands in straight quotes: 'hello'"
OPEN_QUOTE: Final = "a quote is opened and not closed"
ONE_VALUE: Final = "between {{ and }} stand one value and its filters: {{ customer.first_name|title }}"
BRACKETS: Final = "a value stands between {{ and }}, `if` and `for` between {% and %}"
#: By the sign, or the word, that stands where nothing like it can.
HINTS: Final = {
    "“": STRAIGHT, "”": STRAIGHT, "‘": STRAIGHT, "’": STRAIGHT, "'": OPEN_QUOTE, '"': OPEN_QUOTE, "&": "write `and`",
    "?": "write {{ a if b else c }}", "!": "write `not`, or != to compare", "=": "== compares", "if": "write `elif`",
    "of": "write {% for item in event.items %}",
}  # fmt: skip

#: What Jinja says, what we say, and the hint; empty where it is looked up by `name`.
_SAYINGS: Final = (
    (r"No filter named '(?P<filter>[^']*)'", "there is no filter `{filter}`", ""),
    (r"No test named '(?P<test>[^']*)'", "there is no test `{test}`", ""),
    (r"unexpected char (['\"])(?P<name>.)\1 at (?P<at>\d+)", "`{name}` can't stand here", ""),
    (r"unexpected '[})\]]'", "the brackets don't match", BRACKETS),
    (r"(?s)Unexpected end of .*closed is 'set'", "`set` gives no value", "write {% set x = customer.first_name %}"),
    (r"(?s)Unexpected end of .*closed is '(?P<open>\w+)'", "`{open}` is opened and not closed",
     "write {% end… %} where it ends"),
    (r"unexpected end of (?P<cut>)|Missing end of (?P<comment>)", "a tag is opened and not closed",
     "close {{ with }}, {% with %}, {# with #}"),
    (r"Encountered unknown tag '(?P<tag>(?:end|el)\w+)'", "`{tag}` belongs to nothing before it", ""),
    (r"Encountered unknown tag '(?P<tag>\w+)'", "there is no tag `{tag}`", ""),
    (r"expected token '[^']*', got '(?!end of)(?P<name>[^']*)'", "`{name}` isn't expected here", ""),
    (r"(?:un)?expected |Expected an expression", "something is missing here", ONE_VALUE),
)  # fmt: skip


def explained(
    error: TemplateSyntaxError, text: str, filters: Collection[str], tests: Collection[str]
) -> TemplateProblem:
    """What is wrong with `text`; line and column count within it."""
    said = error.message or "can't be read"
    for pattern, message, hint in _SAYINGS:
        if found := re.match(pattern, said):
            parts = {name: value for name, value in found.groupdict().items() if value is not None}
            line, column = _place(text, error.lineno, parts)
            hint = hint.replace("…", parts.get("open", "")) or _hint(parts, filters, tests)
            return TemplateProblem(message.format(**parts), line, hint=hint, column=column)
    return TemplateProblem(said, error.lineno, column=_column(text, error.lineno, ""))


def _hint(parts: dict[str, str], filters: Collection[str], tests: Collection[str]) -> str:
    match parts:
        case {"filter": name}:
            return did_you_mean(name, [known for known in filters if " " not in known])
        case {"test": name}:
            return did_you_mean(name, tests)
        case {"tag": name}:
            meant = OTHER_LANGUAGES.get(name, "")
            return f"did you mean `{meant}`?" if meant else "" if name in TAGS else did_you_mean(name, TAGS)
    return HINTS.get(parts.get("name", ""), ONE_VALUE)


def _place(text: str, line: int, parts: dict[str, str]) -> tuple[int, int]:
    match parts:
        case {"at": at}:
            return _counted(text, int(at))
        case {"open": tag}:
            return _counted(text, _unclosed(text, tag))
        case {"cut": _} | {"comment": _}:
            return _counted(text, max(text.rfind(mark) for mark in ("{{", "{%", "{#")))
    name = next(iter(parts.values()), "")
    return line, _column(text, line, name)


def _unclosed(text: str, tag: str) -> int:
    """Where the innermost tag of this name that is not closed begins."""
    still: list[int] = []
    for found in re.finditer(rf"\{{%[-+]?\s*(end)?{tag}\b", text):
        if found[1] is None:
            still.append(found.start())
        elif still:
            still.pop()
    return still[-1] if still else 0


def _counted(text: str, at: int) -> tuple[int, int]:
    at = max(at, 0)
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _column(text: str, line: int, name: str) -> int:
    """Of the name in that line, or of the line's first tag."""
    lines = text.split("\n")
    written = lines[line - 1] if line <= len(lines) else ""
    tag = re.search(r"\{[{%#]", written)
    start = tag.start() if tag else 0
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)").search(written, start) if name else None
    return (word.start() if word else start) + 1
