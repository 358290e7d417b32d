"""What someone probably meant: the nearest of the words that would have been right."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

LONGEST = 80
CUTOFF = 0.62
#: People seldom mistype the first letter: a word that begins otherwise must be so much nearer.
OTHER_LETTER = 0.15


def nearest(word: str, choices: Iterable[str]) -> str:
    """The choice that looks most like `word`; empty when none does. Case, hyphens and spaces don't count.

    >>> nearest("stop-on", ["stop_on", "steps"]), nearest("prupose", ["purpose", "steps"])
    ('stop_on', 'purpose')
    >>> nearest("x", ["steps"]), nearest("caring", ["marketing", "safety"])
    ('', '')
    """
    said = plain(word)[:LONGEST]
    known = {plain(choice): choice for choice in choices}
    best, found = CUTOFF, ""
    for near in get_close_matches(said, known, 3, CUTOFF):
        ratio = SequenceMatcher(None, near, said).ratio() - OTHER_LETTER * (near[:1] != said[:1])
        if ratio > best:
            best, found = ratio, known[near]
    return found


def did_you_mean(word: str, choices: Iterable[str], form: str = "{}") -> str:
    """The nearest choice as a hint, e.g. with `form` "event.{}"; empty when there is none.

    >>> did_you_mean("servce", ["service"], "event.{}")
    'did you mean `event.service`?'
    """
    near = nearest(word, choices)
    return f"did you mean `{form.format(near)}`?" if near else ""


def any_of(words: Iterable[str], most: int = 12) -> str:
    """`a`, `b` or `c`.

    >>> any_of(["skip", "latest", "all"]), any_of(["only"])
    ('`skip`, `latest` or `all`', '`only`')
    """
    quoted = [f"`{word}`" for word in words]
    if len(quoted) > most:
        return ", ".join(quoted[:most]) + " …"
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def plain(word: str) -> str:
    """As words are compared: in lower case, with `_` for hyphens and spaces."""
    return word.lower().replace("-", "_").replace(" ", "_")
