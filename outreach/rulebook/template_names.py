"""Whether a name that a template uses is known, in a rule on certain events; and what was meant where it isn't."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import SequenceMatcher
from typing import Final

from outreach.ports import Spoken
from outreach.rulebook.cel.fields import PREVIOUS, Fields, has
from outreach.rulebook.context import Context
from outreach.rulebook.fields import stranger, unknown_field
from outreach.rulebook.hints import any_of, did_you_mean

ROOTS: Final = ("customer", "event", "previous", "memory", "history", "business", "now", "rule", "also")
#: What a template may ask for besides: given to e-mails that can be unsubscribed from.
SOMETIMES: Final = frozenset({"unsubscribe_url"})
NOW: Final = ("year", "month", "day", "hour", "minute")
RULE: Final = ("name", "about")
#: How much a name that may be missing must look like a known one to be taken for a slip: one letter in five or six.
ALIKE: Final = 0.8
ALWAYS: Final = frozenset({"id", "tags", "memory"})

#: Message, hint, severity.
Said = tuple[str, str, str]


def complaint(name: Spoken, types: Sequence[str], context: Context, *, first: bool) -> Said | None:
    """What is wrong with this name in a template of a rule on these types; `first`: no step comes before it."""
    root, *fields = name.parts
    match root:
        case "memory" if fields:
            return _memory(name, fields[0], context)
        case "customer" if fields[0:1] == ["memory"] and len(fields) > 1:
            return _memory(name, fields[1], context)
        case "customer" | "event" if fields:
            return _field(name, types, context)
        case "previous" if first:
            return "no step comes before this, so `previous` is always empty", "a later step may tell of it", "error"
        case "previous":
            return _listed(name, PREVIOUS, "a step ends with outcome, by and note")
        case "now":
            return _listed(name, NOW, "a time has year, month, day, hour, minute: write {{ now|date }}")
        case "rule":
            return _listed(name, RULE, f"a rule has {any_of(RULE)}")
        case "business":
            return _listed(name, context.reader.business if context.reader else (), "")
        case "history" if fields:
            return _past(name, context)
        case _ if root in ROOTS or root in SOMETIMES:
            return None
    return _stranger(name, types, context)


def _field(name: Spoken, types: Sequence[str], context: Context) -> Said | None:
    """`customer.first_name`, `event.total`."""
    root, *fields = name.parts
    if root == "event" and not types:
        return None
    found = unknown_field(".".join(name.parts), types, context.known)
    if found is not None:
        return found[0], found[1], "error" if found[2] and context.strict else "warning"
    if root == "event" and not name.guarded:
        return _not_of_all(name, types, context)
    if root == "customer" and name.asked and fields[0] not in ALWAYS:
        said = f"`{name.text}` decides an `if`, and a customer without it has the message held"
        return said, f"write `{name.text} is defined`", "warning"
    return None


def _not_of_all(name: Spoken, types: Sequence[str], context: Context) -> Said | None:
    """A field that only some of the rule's events have."""
    path = name.parts[1:]
    lacking = [t for t in types if not (one := Fields(context.known, [t])).unknown and not has(path, one.event)]
    if not lacking:
        return None
    said = f"`{name.text}` is no known field of {any_of(lacking)}, which starts the rule too: its messages are held"
    return said, f"write {{{{ {name.text}|default('…') }}}}", "warning"


def _memory(name: Spoken, fact: str, context: Context) -> Said | None:
    """Customers may bring a memory of their own; what looks like a slip for what rules remember is one."""
    meant = did_you_mean(fact, context.remembered, ".".join(name.parts[: name.parts.index(fact)]) + ".{}")
    if fact in context.remembered or not meant:
        return None
    return f"no rule remembers `{fact}`", meant, "warning"


def _past(name: Spoken, context: Context) -> Said | None:
    """`history['purchase'].total`."""
    _, type_, *fields = name.parts
    hint = stranger(type_, context.known) if context.known.event_fields else None
    if hint is not None:
        certain = hint.startswith("did you mean") and context.strict
        return f"no event `{type_}` is declared or was ever seen", hint, "error" if certain else "warning"
    known = Fields(context.known, [type_])
    if not fields or known.unknown or has(tuple(fields), known.event):
        return None
    meant = did_you_mean(fields[0], known.event)
    return f"`{type_}` has no known field `{fields[0]}`", meant, "error" if context.strict else "warning"


def _listed(name: Spoken, known: Collection[str], hint: str) -> Said | None:
    root, *fields = name.parts
    if not fields or fields[0] in known:
        return None
    meant = did_you_mean(fields[0], known, root + ".{}") or hint or f"it has {any_of(known)}"
    return f"`{name.text}` is not known", meant, "error"


def _stranger(name: Spoken, types: Sequence[str], context: Context) -> Said:
    """A name that nothing has: a field without its root, or a typing mistake."""
    root, *fields = name.parts
    rest = "".join(f".{field}" for field in fields)
    homes = [] if fields else Fields(context.known, types).homes(root)
    hint = f"did you mean `{homes[0]}`?" if homes else did_you_mean(root, ROOTS, "{}" + rest)
    return f"`{name.text}` is not known here", hint or f"there are {any_of(ROOTS)}", "error"


def slip(name: Spoken, said: Said) -> Said | None:
    """A name that may be missing is wrong only if another was meant, which must look much like it."""
    message, hint, _ = said
    if not hint.startswith("did you mean"):
        return None
    meant = hint.split("`")[1].split(".")
    if SequenceMatcher(None, ".".join(name.parts[1:] or name.parts), ".".join(meant[1:] or meant)).ratio() < ALIKE:
        return None
    return f"{message}, so what is provided for its absence always stands there", hint, "warning"
