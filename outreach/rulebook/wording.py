"""Complaints about single values, and pydantic's findings in our words: what is wrong and what to write instead."""

from __future__ import annotations

from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from outreach.rulebook.hints import any_of, did_you_mean
from outreach.rulebook.not_yet import keys_to_come, not_yet
from outreach.rulebook.places import short


def complaint(said: str, hint: str = "", offset: int = 0, *, at_key: bool = False) -> PydanticCustomError:
    """What a check raises: `{key}` in it becomes the quoted name of the key. It points at the value, `offset`
    characters into it, or at the key."""
    return PydanticCustomError("said", "{said}", {"said": said, "hint": hint, "offset": offset, "at_key": at_key})


def in_our_words(called: str, keys: list[str], detail: ErrorDetails) -> InitErrorDetails:
    """Pydantic's finding as a complaint; what an inner shape or a check of ours said stays as it is."""
    said = (
        _said(called, keys, detail)
        if detail["type"] != "said"
        else PydanticCustomError("said", "{said}", detail["ctx"])
    )
    return InitErrorDetails(type=said, loc=detail["loc"], input=detail["input"])


def _said(called: str, keys: list[str], detail: ErrorDetails) -> PydanticCustomError:
    context = detail.get("ctx", {})
    key = str(detail["loc"][0]) if detail["loc"] else ""
    value = detail["input"]
    if detail["loc"][-1:] == ("[key]",):
        words = _words(context["expected"])
        return complaint(f"{described(value)} doesn't belong here", _meant(value, words), at_key=True)
    match detail["type"]:
        case "extra_forbidden":
            return _unknown(called, keys, key)
        case "missing":
            return complaint(f"`{key}` is missing", f"every {called} needs it", at_key=True)
        case "literal_error":
            said = not_yet(called, key, value)
            return complaint(
                said or "{key} can't be " + described(value), "" if said else _meant(value, _words(context["expected"]))
            )
        case "greater_than_equal" | "less_than_equal":
            bound = f"at least {context['ge']:g}" if "ge" in context else f"at most {context['le']:g}"
            return complaint(f"{{key}} is {value}, but must be {bound}")
        case "greater_than":
            return complaint(f"{{key}} is {value}, but must be more than {context['gt']:g}")
        case "too_short":
            return complaint("{key} is empty", at_key=True)
        case _ if value is None:
            return complaint("{key} is empty", at_key=True)
        case other:
            return complaint(
                f"{{key}} should be {_WANTED.get(other, 'something else')}, not {described(value)}",
                _quotes(other, value),
            )


_WANTED = {
    "string_type": "text", "int_type": "a whole number", "float_type": "a number", "bool_type": "`true` or `false`",
    "list_type": "a list", "tuple_type": "a list", "dict_type": "a mapping of `key: value`",
    "model_type": "a mapping of `key: value`",
}  # fmt: skip


def _unknown(called: str, keys: list[str], key: str) -> PydanticCustomError:
    """A key that isn't in the shape: still to come, misspelt, or something else."""
    said = not_yet(called, key)
    if said:
        return complaint(said, at_key=True)
    hint = did_you_mean(key, keys + keys_to_come(called)) or f"its keys are {any_of(keys, 20)}"
    return complaint(f"{_a(called)} has no key `{short(key)}`", hint, at_key=True)


def _a(thing: str) -> str:
    return f"an {thing}" if thing in ("sms", "email") else f"a {thing}"


def _words(expected: str) -> list[str]:
    """Pydantic's `'a', 'b' or 'c'` as a list."""
    return [word.strip("' ") for word in expected.replace(" or ", ",").split(",")]


def _meant(value: object, words: list[str]) -> str:
    return did_you_mean(str(value), words) or f"write {any_of(words)}"


def described(value: object) -> str:
    """A wrong value in a sentence.

    >>> described(5), described(None), described({"a": 1}), described("x"), described(True)
    ('the number 5', 'empty', 'a mapping', '`x`', '`true`')
    """
    match value:
        case None:
            return "empty"
        case bool():
            return f"`{str(value).lower()}`"
        case int() | float():
            return f"the number {value}"
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
    return f"`{short(str(value))}`"


def _quotes(wanted: str, value: object) -> str:
    return "put it in quotes" if wanted == "string_type" and isinstance(value, bool | int | float) else ""
