"""Complaints about single values, and pydantic's findings in our words: what is wrong and what to write instead."""

from __future__ import annotations

from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from outreach.rulebook.meant import key_hint
from outreach.rulebook.not_yet import not_yet
from outreach.rulebook.places import short
from outreach.rulebook.slips import choice_hint, list_hint, mapping_hint, number_hint, text_hint, yes_or_no_hint


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
        hint = choice_hint(value, _words(context["expected"]))
        return complaint(f"{described(value)} doesn't belong here", hint, at_key=True)
    match detail["type"]:
        case "extra_forbidden":
            return _unknown(called, keys, key, value)
        case "missing":
            return complaint(f"`{key}` is missing", f"every {called} needs it", at_key=True)
        case "literal_error":
            said = not_yet(called, key, value)
            hint = "" if said else choice_hint(value, _words(context["expected"]))
            return complaint(said or "{key} can't be " + described(value), hint)
        case "greater_than_equal" | "less_than_equal":
            bound = f"at least {context['ge']}" if "ge" in context else f"at most {context['le']}"
            return complaint(f"{{key}} is {value}, but must be {bound}")
        case "too_short":
            return complaint("{key} is empty", at_key=True)
        case _ if value is None:
            return complaint("{key} is empty", at_key=True)
        case other:
            wanted = _WANTED.get(other, "something else")
            return complaint(f"{{key}} should be {wanted}, not {described(value)}", _instead(called, other, detail))


_WANTED = {
    "string_type": "text", "int_type": "a whole number", "bool_type": "`true` or `false`", "list_type": "a list",
    "tuple_type": "a list", "dict_type": "a mapping of `key: value`", "model_type": "a mapping of `key: value`",
}  # fmt: skip


def _instead(called: str, wanted: str, detail: ErrorDetails) -> str:
    """What to write instead of a value of the wrong kind."""
    value = detail["input"]
    key = next((part for part in reversed(detail["loc"]) if isinstance(part, str)), called)
    match wanted:
        case "string_type":
            return text_hint(value)
        case "int_type":
            return number_hint(value)
        case "bool_type":
            return yes_or_no_hint(value)
        case "list_type" | "tuple_type":
            return list_hint(key, value)
        case "dict_type" | "model_type":
            return mapping_hint(key, value)
    return ""


def _unknown(called: str, keys: list[str], key: str, value: object) -> PydanticCustomError:
    """A key that isn't in the shape: still to come, misspelt, said otherwise, or no key at all."""
    said = not_yet(called, key)
    if said:
        return complaint(said, at_key=True)
    if value is None and not key.replace("-", "_").isidentifier():  # `{script:hello}`, `{at: in 1,5 hours}`
        name, colon, _ = key.partition(":")
        glued = f"a space is missing after `{short(name)}:`" if colon and name.isidentifier() else ""
        hint = glued or "a comma begins a new key here: leave the one before it out, or put the text in quotes"
        return complaint(f"`{short(key)}` is no key", hint, at_key=True)
    return complaint(f"{_a(called)} has no key `{short(key)}`", key_hint(called, key, keys), at_key=True)


def _a(thing: str) -> str:
    return f"an {thing}" if thing in ("sms", "email", "event") else f"a {thing}"


def _words(expected: str) -> list[str]:
    """Pydantic's `'a', 'b' or 'c'` as a list."""
    return [word.strip("' ") for word in expected.replace(" or ", ",").split(",")]


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
