"""Where templates run: Jinja's sandbox, narrowed to what a message needs.

Jinja's own sandbox keeps templates from reaching Python, but still calls any method of what it is given, and lets
`'a' * 10**9` and nested loops run. Here the language itself is smaller: no calls, no macros, no includes; arithmetic on
numbers only; loops and filters share one budget; and a dotted name is a key of a dict, never an attribute of an object.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from jinja2 import Template, TemplateRuntimeError, TemplateSyntaxError, Undefined, meta, nodes
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from outreach.rendering import grammar
from outreach.rendering.budget import BUDGET, Budget
from outreach.rendering.filters import FILTERS, LANGUAGE, LONGEST_VALUE, TESTS, limited_range
from outreach.rendering.mistakes import explained
from outreach.rendering.plain import Missing, UnknownName, blank_or
from outreach.rendering.problem import TemplateProblem, undefined

LOOP_FIELDS = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem", "nextitem"})
DATE_FIELDS = frozenset({"year", "month", "day", "hour", "minute"})
LARGEST_NUMBER = 10**15


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment of all templates, one for text and one that escapes for HTML."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self, *, html: bool):
        super().__init__(
            autoescape=html,
            undefined=Missing,
            finalize=printable,
            trim_blocks=True,
            lstrip_blocks=True,
            optimized=False,  # nothing is worked out while compiling, where no budget counts
        )
        self.filters = dict(FILTERS)
        self.tests = dict(TESTS)
        self.globals = {"range": limited_range}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`obj.attribute`: a key of a dict, a field of `loop` or of an instant."""
        if type(obj) is dict and attribute in obj:  # nearly always
            return blank_or(obj[attribute], attribute)
        match obj:
            case Undefined():
                str(obj)
            case dict() if attribute in obj:
                return blank_or(obj[attribute], attribute)
            case LoopContext() if attribute in LOOP_FIELDS:
                return getattr(obj, attribute)
            case date() if attribute in DATE_FIELDS and hasattr(obj, attribute):
                return getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """`obj[argument]`: a key of a dict, an item or a slice of a list or a text."""
        if isinstance(argument, str):
            return self.getattr(obj, argument)
        try:
            return obj[argument] if isinstance(obj, list | str) else self.undefined(obj=obj, name=str(argument))
        except (LookupError, TypeError):
            return self.undefined(obj=obj, name=str(argument))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic on numbers of a sane size, and `+` on short texts."""
        for side in (left, right):
            if isinstance(side, Undefined):
                str(side)
        texts = isinstance(left, str) and isinstance(right, str) and len(left) + len(right) <= LONGEST_VALUE
        if operator != "**" and ((operator == "+" and texts) or (_is_number(left) and _is_number(right))):
            return super().call_binop(context, operator, left, right)
        raise TemplateRuntimeError(f"`{operator}` works on numbers (and `+` on short texts) only")


def printable(value: Any) -> Any:
    """What `{{ … }}` may print: text and numbers. A list, a date or True in the middle of a sentence is a mistake."""
    if type(value) is str:  # nearly everything
        return value
    if isinstance(value, str | int | float | Decimal | Undefined) and not isinstance(value, bool):
        return value
    if isinstance(value, datetime | date):
        raise TemplateRuntimeError("a date needs a filter: |date or |time")
    raise TemplateRuntimeError(f"a {type(value).__name__} can't be printed; a list can be joined: |join(', ')")


TEXT, HTML = Sandbox(html=False), Sandbox(html=True)


@dataclass(frozen=True, slots=True)
class Piece:
    """A template ready to run: a body, or one line of the front matter. Its first line is line `first` of the file, and
    it speaks of `names`."""

    template: Template
    first: int
    names: frozenset[str]

    def run(self, context: Mapping[str, object], language: str, limit: int) -> str:
        """The text.

        Raises:
            TemplateProblem: with the line: an unknown name, a value that can't be used, more than `limit` characters.
        """
        own = {LANGUAGE: language or "en", BUDGET: Budget()}
        scope = {name: blank_or(context[name], name) for name in self.names if name in context}
        try:
            return _gather(self.template, scope | own, limit)
        except TemplateProblem:
            raise
        except UnknownName as error:
            known = context if error.owner is None else error.owner
            said, hint = undefined(error.name, known) if error.name else (str(error), "")
            raise TemplateProblem(said, self._line(error), hint=hint, absent=True) from None
        except Exception as error:
            raise TemplateProblem(str(error) or type(error).__name__, self._line(error)) from None

    def _line(self, error: BaseException) -> int:
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno or 0 for frame in frames if frame.filename == self.template.filename]
        return lines[-1] + self.first - 1 if lines else 0


def prepare(text: str, first: int, *, html: bool) -> Piece:
    """Compile a template whose first line is line `first` of its file.

    Raises:
        TemplateProblem: it can't be read, or uses what templates may not.
    """
    sandbox = HTML if html else TEXT
    with _explained(text, first):
        tree = sandbox.parse(text)
        grammar.check(tree)
        names = frozenset(meta.find_undeclared_variables(tree))
        code = sandbox.compile(grammar.counted(tree), filename="<template>")
        return Piece(Template.from_code(sandbox, code, sandbox.globals), first, names)


def parsed(text: str) -> tuple[nodes.Template, set[str]]:
    """A template's tree, and the names that its data must bring.

    Raises:
        TemplateProblem: as `prepare`, with the line counted within the text.
    """
    with _explained(text, 1):
        tree = TEXT.parse(text)
        grammar.check(tree)
        return tree, meta.find_undeclared_variables(tree) - set(TEXT.globals)


@contextmanager
def _explained(text: str, first: int) -> Iterator[None]:
    try:
        yield
    except TemplateSyntaxError as error:
        problem = explained(error, text, FILTERS, TESTS)
        problem.line += first - 1
        raise problem from None
    except (RecursionError, MemoryError, SyntaxError, ValueError) as error:
        raise TemplateProblem(f"too much nesting ({type(error).__name__})", first) from None


def _gather(template: Template, scope: dict[str, object], limit: int) -> str:
    """What `Template.generate` gives, by its own way: that one hands on each of the pieces, and copies the scope."""
    parts, room = [], limit
    try:
        for chunk in template.root_render_func(template.new_context(scope)):
            room -= len(chunk)
            if room < 0:
                break
            parts.append(chunk)
    except Exception:
        template.environment.handle_exception()  # raises it, with lines of the template
    if room < 0:
        raise TemplateProblem(f"makes more than {limit} characters")
    return "".join(parts)


def _is_number(value: object) -> bool:
    number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return number and -LARGEST_NUMBER <= value <= LARGEST_NUMBER  # type: ignore[operator]
