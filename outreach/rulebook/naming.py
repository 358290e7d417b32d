"""Names in the rules that can't be: what to write instead of a path for a template, of two words for an event type."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from outreach.rulebook.hints import nearest

NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,78}[A-Za-z0-9])?")
TYPE: Final = re.compile(r"[A-Za-z0-9_-]+(?:[.:][A-Za-z0-9_-]+)*(?:\.\*)?")
FIELD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}")
NAME_HINT: Final = "letters, digits, `-` and `_`, 80 at the most"
TYPE_HINT: Final = "write `purchase`, `order.placed` or `order.*`"

_CHANNELS: Final = r"(?:sms|email|call|task)"
_ENDING: Final = re.compile(rf"(?:\.{_CHANNELS})?(?:\.[a-z]{{2}})?\.(?:txt|md|html)|\.{_CHANNELS}|\.[a-z]{{2}}")
#: Words before an event that say nothing.
_ARTICLES: Final = ("a", "an", "any", "each", "new", "the", "when", "on", "after")


def name_hint(text: str) -> str:
    """For what should be a name.

    >>> name_hint("my rule"), name_hint("größe")
    ('write `my-rule`', 'write `grosse`')
    """
    if text.strip() != text:
        return "remove the space around it"
    plain = unicodedata.normalize("NFKD", text[:200].replace("ß", "ss")).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9_-]+", "-", plain).strip("-_")
    return f"write `{slug}`" if NAME.fullmatch(slug) and slug != text else NAME_HINT


def template_hint(text: str) -> str:
    """For what should be the name of a template.

    >>> template_hint("templates/hello.sms.txt"), template_hint("Sorry we missed you")
    ('write `hello`: the name alone, without folder and ending', 'write `Sorry-we-missed-you`')
    """
    stem = re.split(r"[/\\]", text[:200])[-1]
    ending = _ENDING.search(stem)
    stem = stem[: ending.start()] if ending and ending.end() == len(stem) else stem
    if stem != text and NAME.fullmatch(stem):
        return f"write `{stem}`: the name alone, without folder and ending"
    if "{" in text or len(text.split()) > 4:
        return "what to say stands in a file of `templates/`; write the name of that file, without its ending"
    return name_hint(text)


def field_hint(text: str) -> str:
    """For what should be a field of the event."""
    bare = text.removeprefix("event.")
    return f"write `{bare}`" if bare != text and FIELD.fullmatch(bare) else "letters, digits and `_`"


def hold_hint(text: str) -> str:
    """For what should name a hold: `complaint.opened` opens the hold `complaint`."""
    bare = text.removesuffix(".opened").removeprefix("open ").strip()
    return f"write `{bare}`" if NAME.fullmatch(bare) else NAME_HINT


def type_hint(text: str) -> str:
    """For what should be an event type.

    >>> type_hint("visit or purchase"), type_hint("order*")
    ('write `[visit, purchase]`', '`*` stands alone after a dot: `order.*`')
    >>> type_hint("complaint opened")
    'write `complaint.opened`; two types are `[complaint, opened]`'
    """
    first, _, rest = text.partition(" ")
    if first.lower() in _ARTICLES and len(rest) > 2 and TYPE.fullmatch(rest):
        return f"write `{rest}`"
    if first.lower() in ("missing", "no", "not") and TYPE.fullmatch(rest):
        return f"write `{{missing: {rest}, within: 3 days, after: …}}`"
    listed = [part for part in re.split(r",|\||&|\bor\b|\band\b|\s", text[:200]) if part]
    if first.lower() != "every" and len(listed) > 1 and all(TYPE.fullmatch(part) for part in listed):
        several = f"[{', '.join(listed)}]"
        if re.fullmatch(r"[^\s,|&]+ [^\s,|&]+", text) and "." not in text:
            return f"write `{'.'.join(listed)}`; two types are `{several}`"
        return f"write `{several}`"
    if "*" in text and (head := text.partition("*")[0].rpartition(".")[0] or text.strip("*.")):
        return f"`*` stands alone after a dot: `{head}.*`" if TYPE.fullmatch(head) else TYPE_HINT
    bare = text.replace("/", ".").strip(".?!'\"")
    return f"write `{bare}`" if bare != text and TYPE.fullmatch(bare) else TYPE_HINT


def slip_of_path(text: str) -> tuple[str, str] | None:
    """What is wrong with `evnt.staff` or `{{ event.staff }}` as the way to a field, and a hint; else None."""
    bare = text.strip("{} ")
    root, dot, rest = bare.partition(".")
    meant = nearest(root, ("event", "customer")) if dot and FIELD.fullmatch(rest.partition(".")[0]) else ""
    if bare != text and "{{" in text:
        return "a field stands here without `{{ }}`", f"write `{bare}`" if meant == root else ""
    if root == "previous" and dot:
        return "the step before has no such field", "name one such as `event.staff` or `customer.phone`"
    return (
        (f"`{root}` is neither `event` nor `customer`", f"did you mean `{meant}.{rest}`?")
        if meant and meant != root
        else None
    )
