"""The filters and tests that templates may use: Jinja's harmless ones, its greedy ones with a limit, and our own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jinja2 import TemplateRuntimeError, Undefined, pass_context, pass_eval_context
from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from jinja2.tests import TESTS as JINJA_TESTS

from outreach.rendering.budget import EACH, MOST_ROUNDS, SMALL, all_paid, each, small
from outreach.rendering.dates import day_text, money_text, time_text
from outreach.rendering.plain import Blank

LONGEST_VALUE = 10_000

#: A name that no template can write.
LANGUAGE = "language of the template"

HARMLESS = (
    *("abs", "capitalize", "count", "d", "default", "e", "escape", "first", "float", "int", "items", "last", "length"),
    *("list", "lower", "map", "max", "min", "reject", "rejectattr", "reverse", "select", "selectattr", "sort", "sum"),
    *("striptags", "title", "trim", "truncate", "unique", "upper", "urlencode", "wordcount"),
)
TEST_NAMES = (
    *("boolean", "defined", "undefined", "divisibleby", "even", "odd", "in", "lower", "upper", "true", "false"),
    *("eq", "equalto", "==", "ne", "!=", "gt", "greaterthan", ">", "lt", "lessthan", "<", "ge", ">=", "le", "<="),
    *("integer", "float", "number", "string", "mapping", "iterable", "sequence"),
)


def limited_range(*bounds: int) -> range:
    """`range`, as far as a loop may go."""
    numbers = range(*bounds)
    if len(numbers) > MOST_ROUNDS:
        raise TemplateRuntimeError(f"range is limited to {MOST_ROUNDS}")
    return numbers


@pass_eval_context
def join(eval_context: EvalContext, items: Iterable[Any], by: str = "", attribute: str | int | None = None) -> str:
    """Jinja's `join`, for values that can be printed, up to a length."""
    values = list(items)
    if sum(len(value) if isinstance(value, str) else 20 for value in values) + len(by) * len(values) > LONGEST_VALUE:
        raise TemplateRuntimeError(f"join makes more than {LONGEST_VALUE} characters")
    return str_or_markup(JINJA_FILTERS["join"](eval_context, values, by, attribute))


@pass_eval_context
def replace(eval_context: EvalContext, text: str, old: str, new: str, count: int | None = None) -> str:
    """Jinja's `replace`, up to a length."""
    if len(text) + (len(text) + 1) * len(new) > LONGEST_VALUE and str(text).count(old) * len(new) > LONGEST_VALUE:
        raise TemplateRuntimeError(f"replace makes more than {LONGEST_VALUE} characters")
    return str_or_markup(JINJA_FILTERS["replace"](eval_context, text, old, new, count))


def str_or_markup(text: Any) -> str:
    """Markup is a str that is already escaped: it must stay what it is."""
    return text if isinstance(text, str) else str(text)


def rounded(value: float, precision: int = 0, method: str = "common") -> float:
    """Jinja's `round`, for as many digits as a person reads; without digits it gives a whole number, not "7.0"."""
    if not -6 <= precision <= 6:
        raise TemplateRuntimeError("round takes at most 6 digits")
    result = JINJA_FILTERS["round"](value, precision, method)
    return float(result) if precision > 0 else int(result)


def _shown(name: str, text_of: Callable[..., str], *, translated: bool) -> Callable[..., str]:
    """A filter of ours: what isn't there is reported as such, and what can't be read as a problem of the template."""

    @pass_context
    def shown(context: Context, value: object, *args: Any, **options: Any) -> str:
        if isinstance(value, Undefined):
            str(value)  # raises, naming what isn't there
        language = {"language": context[LANGUAGE]} if translated else {}
        try:
            return text_of(value, *args, **{**options, **language})
        except (ValueError, TypeError) as error:
            raise TemplateRuntimeError(str(error).replace(f"{text_of.__name__}()", f"|{name}")) from None

    return shown


def is_none(value: object) -> bool:
    """Jinja's `none`, which holds for what is blank too."""
    return value is None or isinstance(value, Blank)


FILTERS: Mapping[str, Callable[..., Any]] = {
    **all_paid({name: JINJA_FILTERS[name] for name in HARMLESS}),
    **all_paid({"join": join, "replace": replace}),
    "round": rounded,
    "date": _shown("date", day_text, translated=True),
    "time": _shown("time", time_text, translated=True),
    "money": _shown("money", money_text, translated=False),
    EACH: each,
    SMALL: small,
}

TESTS: Mapping[str, Any] = {
    **{name: JINJA_TESTS[name] for name in TEST_NAMES},
    "none": is_none,
}
