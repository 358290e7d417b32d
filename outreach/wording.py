"""Reasons' codes in words: the same sentence on every page and in every command."""

from __future__ import annotations

#: Codes of reasons, in words.
IN_WORDS = (
    ("cap:", "the cadence's cap {}"), ("gap:", "within {} of another contact"), ("hold:", "held while a {} is open"),
    ("stop_on:", "needless: {} came"), ("came:", "needless: {} came"), ("opted_out:", "the customer opted out of {}"),
    ("suppressed:", "this {} address asked not to be contacted"), ("no_consent:", "no consent for {}"),
    ("no_address:", "no address for {}"), ("unknown_timezone", "time zone unknown: no hour is safe"),
    ("unknown_place", "place unknown: no law can be kept"), ("no_common_hour", "no hour is allowed by all at once"),
    ("law:", "not allowed by law ({})"),
    ("hours:", "outside {} hours until its worth was over"), ("valid_for", "not done in time"),
    ("late", "its moment had passed when it was planned"), ("when", "its condition no longer held"),
    ("room", "a more important contact came first"),
)  # fmt: skip


def in_words(code: str) -> str:
    """A reason's code as a sentence; the code itself where there is none."""
    for start, words in IN_WORDS:
        if code.startswith(start):
            return words.format(code.removeprefix(start))
    return code
