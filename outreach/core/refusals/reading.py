"""Reading a reply: does somebody want to be left alone?

The law takes any reasonable words for a stop, not only the keywords that a carrier knows (47 CFR 64.1200(a)(10)), so
this reads free text in four languages. It errs to one side on purpose: what can't be told for sure is `ambiguous` and
goes to a person, and a clear refusal must never pass as something else. How well it does stands in docs/consent.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final
from unicodedata import combining, normalize

from outreach.core.refusals.common import ABOUT, HELP, OWN_MISTAKE, RATHER, START, STOP
from outreach.core.refusals.english import ENGLISH
from outreach.core.refusals.french import FRENCH
from outreach.core.refusals.german import GERMAN
from outreach.core.refusals.language import Language, words
from outreach.core.refusals.spanish import SPANISH

LANGUAGES: Final = (ENGLISH, FRENCH, GERMAN, SPANISH)
#: Nobody writes more by hand; what follows in an e-mail is what it answers to.
LONGEST: Final = 4000
_APOSTROPHES: Final = re.compile("['\u2018\u2019\u201b\u2032\u02bc\u00b4\u0060]")
_SENTENCE_END: Final = re.compile(r"[.!?;:,…\n¡¿|]+")
_NO_WORD: Final = re.compile(r"[^a-z0-9]+")
_DRAWN_OUT: Final = re.compile(r"([a-z])\1{2,}")
#: Where the answer ends and the quoted message begins.
_QUOTED: Final = re.compile(
    r"^(?:>|-{2,}\s*$|-{3,}|_{5,}|On .{4,80} wrote:|Le .{4,80} a écrit\s*:|Am .{4,80} schrieb .{0,80}:"
    r"|El .{4,80} escribió:|(?:From|De|Von): )", re.MULTILINE,
)  # fmt: skip
#: "Liked “… Reply STOP to stop.”": a telephone tells us of a thumb, in our own words.
_THUMB: Final = re.compile(
    r"\s*(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted .{1,9} to|a aimé|gefällt|mag|le gustó"
    r"|le encantó)\s*[“\"«„]", re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reply:
    """What a reply says. `kind` is `stop` (a carrier's keyword), `refusal`, `wrong_number`, `ambiguous`, `start`,
    `help` or `other`; `words` are those that told, in `language`; `about` is what a refusal names beyond the channel
    it came by: `call`, `email`, or `all`."""

    kind: str
    words: str = ""
    language: str = ""
    about: frozenset[str] = frozenset()

    @property
    def refuses(self) -> bool:
        """Whether it is a clear no."""
        return self.kind in ("stop", "refusal")


def read(text: str) -> Reply:
    """What this reply says, whatever its case, accents and punctuation. Never raises."""
    said = _QUOTED.split(normalize("NFKC", text[:LONGEST]), maxsplit=1)[0]
    if _THUMB.match(said):
        return Reply("other")
    whole = fold(said)
    for kind, keywords in (("stop", STOP), ("start", START), ("help", HELP)):
        if whole in keywords:
            return Reply(kind, whole)
    sentences = (_without_benign(fold(s)) for s in _SENTENCE_END.split(said))
    return _judge(_without_benign(whole), [s for s in sentences if s])


def fold(text: str) -> str:
    """Lower case without accents and punctuation, one space between words, letters that were drawn out or spaced put
    together again.

    >>> fold("  STOOOP,  s'il vous plaît!"), fold("S.T.O.P")
    ('stop sil vous plait', 'stop')
    """
    bare = "".join(c for c in normalize("NFKD", _APOSTROPHES.sub("", text).casefold()) if not combining(c))
    found = _NO_WORD.sub(" ", _DRAWN_OUT.sub(r"\1", bare)).split()
    return "".join(found) if len(found) > 2 and all(len(word) == 1 for word in found) else " ".join(found)


def _judge(whole: str, sentences: Sequence[str]) -> Reply:
    if found := _stranger(whole, sentences):
        return found
    if found := _refusal(whole, sentences):
        kind = "ambiguous" if words(RATHER).search(whole) else "refusal"
        return Reply(kind, found.words, found.language, _about(found.words))
    return _doubt(whole, sentences) or Reply("other")


def _stranger(whole: str, sentences: Sequence[str]) -> Reply | None:
    if re.search(rf"\b{OWN_MISTAKE}\b", whole):
        return Reply("ambiguous", "wrong number", "en")
    hits = ((hit[0], lang.code) for lang in LANGUAGES if (hit := lang.strangely.search(whole)))
    return next((Reply("wrong_number", *one) for one in hits), None) or _sentence("wrong_number", sentences, "who")


def _refusal(whole: str, sentences: Sequence[str]) -> Reply | None:
    if found := _sentence("refusal", sentences, "whole") or _sentence("refusal", sentences, "stoppers"):
        return found
    hits = ((hit[0], lang.code) for lang in LANGUAGES if (hit := lang.clearly.search(whole)))
    return next((Reply("refusal", *one) for one in hits), None)


def _doubt(whole: str, sentences: Sequence[str]) -> Reply | None:
    for language in LANGUAGES:
        if found := language.doubtfully.search(whole) or _first(language.netted, sentences):
            return Reply("ambiguous", found[0], language.code)
    return _sentence("ambiguous", sentences, "exasperated")


def _first(pattern: re.Pattern[str], sentences: Iterable[str]) -> re.Match[str] | None:
    return next((found for s in sentences if (found := pattern.search(s))), None)


def _sentence(kind: str, sentences: Iterable[str], part: str) -> Reply | None:
    """The first sentence that is nothing but a phrase of this part of a language, and courtesies."""
    found = ((s, language) for s in sentences for language in LANGUAGES if _courteous(language, part).fullmatch(s))
    return next((Reply(kind, s, language.code) for s, language in found), None)


def _about(said: str) -> frozenset[str]:
    return frozenset(what for what, stems in ABOUT.items() if re.search(rf"\b(?:{'|'.join(stems)})", said))


def _without_benign(text: str) -> str:
    return _benign().sub(" ", text).strip()


@cache
def _benign() -> re.Pattern[str]:
    return words(phrase for language in LANGUAGES for phrase in language.benign)


@cache
def _courteous(language: Language, part: str) -> re.Pattern[str]:
    """A phrase between courtesies, of whatever language those are: "stop svp", "merci, stop"."""
    openers, closers = ("|".join(o for lang in LANGUAGES for o in getattr(lang, w)) for w in ("openers", "closers"))
    return re.compile(rf"(?:(?:{openers}) )*(?:{'|'.join(getattr(language, part))})(?: (?:{closers}))*")
