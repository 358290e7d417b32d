"""What someone meant who knows other tools: other words for the keys and values of the rules, and what to write."""

from __future__ import annotations

from typing import Final

from outreach.rulebook.hints import any_of, did_you_mean, nearest, plain
from outreach.rulebook.not_yet import keys_to_come

_TO_A_STEP: Final = "it belongs to a step: indent it below `- call:` or another"
_TO_A_CHANNEL: Final = "it stands below its channel, such as `- sms:`"
_TO_THE_RULE: Final = "it belongs to the rule, beside `steps:`"
_TEXT: Final = "the text stands in a file, `templates/NAME.sms.txt`; write `template: NAME`"
_MAIL: Final = "subject and text stand in a file, `templates/NAME.email.html`; write `template: NAME`"
_SCRIPT: Final = "what to say stands in a file, `templates/NAME.call.md`; write `script: NAME`"
_BUSINESS: Final = "it stands below `business:`"

#: Other words for a key (all in lower case, with `_`) → the key; a sentence where another key alone is not the answer,
#: after the key that it stands for, if it stands for one.
_EVERY_STEP: Final = {
    "if condition conditions only_if": "when", "delay wait time date on send_at schedule": "at",
    "validity expires expires_in ttl until": "valid_for", "id": "name",
    "priority purpose once_per stop_on": f": {_TO_THE_RULE}",
}  # fmt: skip
_WORDS: Final = {
    "rule": {
        "trigger triggers event events": "on", "if condition conditions filter": "when",
        "then do action actions": "steps", "description desc reason why": "about", "enabled": "active",
        "disabled": "active: write `active: false`", "start valid_from since": "from", "end till valid_until": "until",
        "importance weight": "priority", "category": "purpose", "frequency cooldown": "once_per",
        "cancel_on exit_on": "stop_on", "author contact": "owner", "shop store location": "site",
        "unless": ": write its opposite in `when`, with `!`", "name id": ": its name stands before it, as `haircut:`",
        "at valid_for template script assign delay wait": f": {_TO_A_STEP}",
        "sms email call task": ": it is a step: below `steps:`, with `- ` before it",
        "channel": ": a channel begins a step, as `- sms:`", "version": ": git keeps the versions; leave it out",
    },
    "step": {
        "mail newsletter": "email", "text message txt text_message": "sms", "phone phone_call telephone ring": "call",
        "todo to_do job preparation prepare": "task",
        "wait delay pause sleep": ": say it in the next step, as `at: 3 days after previous`",
        "channel type send": ": the channel itself is the key: `- sms:`",
        "if when at valid_for name template script title details assign number done_by": f": {_TO_A_CHANNEL}",
    },
    "sms": _EVERY_STEP | {
        "script": "template", "text message body content": f"template: {_TEXT}",
        "to number phone": ": it goes to the customer of the rule; leave it out",
    },
    "email": _EVERY_STEP | {
        "script": "template", "subject text message body content": f"template: {_MAIL}",
        "to address": ": it goes to the customer of the rule; leave it out",
    },
    "call": _EVERY_STEP | {
        "template": "script", "phone to tel": "number", "text details notes": f"script: {_SCRIPT}",
        "assigned_to who agent": "assign",
    },
    "task": _EVERY_STEP | {
        "subject text": "title", "description body notes": "details", "due deadline by until": "done_by",
        "assigned_to who": "assign", "template script": ": a task has no template; write `title:` and `details:`",
    },
    "trigger": {"in before": "within", "since": "after"},
    "cadence": {
        "limit limits": "caps", "gap distance": "min_gap", "opening_hours windows": "hours",
        "timezone": ": the house's zone stands in `calendars: {business: {timezone: …}}`",
    },
    "cap": {
        "days": "per: write `per: 30 days`", "hours": "per: write `per: 24 hours`",
        "every in each window within period": "per", "count limit number times": "max",
    },
    "hold": {"when on if name open": "while"},
    "calendar": {
        "weekdays open_days business_days": "days", "zone tz": "timezone",
        "hours": ": hours stand in the cadence: `cadence: {hours: {call: …}}`",
    },
    "calendars section": {"days closed open holidays timezone": f": {_BUSINESS}"},
}  # fmt: skip
_KEYS: Final = {
    called: {word: meant for words, meant in table.items() for word in words.split()}
    for called, table in _WORDS.items()
}  # fmt: skip

#: Other words for a value → the value, wherever it is one of those that may stand there.
_VALUES: Final = {
    word: meant
    for words, meant in {
        "promo promotion promotional advertising ad ads sales campaign newsletter": "marketing",
        "service support follow_up": "care", "confirmation receipt": "transactional", "recall emergency": "safety",
        "mail newsletter": "email", "text txt message": "sms", "phone telephone": "call", "opt_in": "required",
        "opt_out": "assumed", "none": "not needed",
    }.items()
    for word in words.split()
}  # fmt: skip


def key_meant(called: str, word: str, keys: list[str]) -> str:
    """The key that someone meant who wrote `word` in a mapping of this kind; empty when there is none."""
    said = _KEYS.get(called, {}).get(plain(word))
    key = "" if said is None else said.partition(":")[0]
    return nearest(word, keys) if said is None or (key and key not in keys) else key


def key_hint(called: str, word: str, keys: list[str]) -> str:
    """What to write instead of the key `word`: the key that was meant, or all there are."""
    said = _KEYS.get(called, {}).get(plain(word), "")
    key, _, sentence = said.partition(":")
    if key and key not in keys and not sentence:
        sentence = key = ""  # a trigger of another kind has it
    if key and not sentence:
        return f"did you mean `{key}`?"
    return sentence.strip() or did_you_mean(word, keys + keys_to_come(called)) or f"its keys are {any_of(keys, 20)}"


def value_hint(word: str, words: list[str]) -> str:
    """What to write instead of the value `word`: the nearest of `words`, one that is said otherwise, or all."""
    said = _VALUES.get(plain(word), "")
    return f"did you mean `{said}`?" if said in words else did_you_mean(word, words) or f"write {any_of(words)}"
