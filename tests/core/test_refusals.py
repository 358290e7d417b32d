"""Replies in four languages, labelled by hand: a clear refusal never passes, a friendly word never ends anything.

The labelled texts stand in `replies/`, one file a language: what a reply means, a tab, the reply. They were written for
this project; docs/consent.md says how the reader did on those it had not seen when they were written.
"""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.refusals import read
from outreach.core.refusals.reading import LONGEST

FILES = sorted((Path(__file__).parent / "replies").glob("*.tsv"))
ENDS = ("stop", "refusal")


def labelled(file: Path) -> list[tuple[str, str]]:
    lines = [line for line in file.read_text(encoding="utf-8").split("\n") if line and not line.startswith("#")]
    return [(kind, text) for kind, _, text in (line.partition("\t") for line in lines)]


TEXTS = [(file.stem, *one) for file in FILES for one in labelled(file)]
REFUSALS = [text for _, kind, text in TEXTS if kind in ENDS]


def told(kind: str) -> str:
    return "ends" if kind in ENDS else kind


@pytest.mark.parametrize("language", ["en", "fr", "de", "es"])
def test_there_are_many_texts_of_every_kind(language: str):
    many = Counter(told(kind) for spoken, kind, _ in TEXTS if spoken == language)
    assert sum(many.values()) >= 150
    assert min(many[kind] for kind in ("ends", "ambiguous", "wrong_number", "other")) >= 12


def test_a_clear_refusal_is_never_taken_for_something_else():
    assert [text for text in REFUSALS if read(text).kind not in (*ENDS, "ambiguous")] == []


def test_what_is_none_ends_nothing():
    harmless = [text for _, kind, text in TEXTS if kind in ("other", "ambiguous", "start", "help")]
    assert [text for text in harmless if read(text).kind in (*ENDS, "wrong_number")] == []


def test_what_nobody_can_tell_goes_to_a_person():
    assert [text for _, kind, text in TEXTS if kind == "ambiguous" and read(text).kind != kind] == []


def test_precision_and_recall():
    """Of what ends at once, all was meant to; of what was meant to, nine in ten end at once and the rest is read by a
    person; of the harmless, nine in ten bother nobody."""
    pairs = Counter((told(kind), told(read(text).kind)) for _, kind, text in TEXTS)

    def precision(kind: str) -> float:
        return pairs[kind, kind] / sum(n for (_, found), n in pairs.items() if found == kind)

    def recall(kind: str) -> float:
        return pairs[kind, kind] / sum(n for (meant, _), n in pairs.items() if meant == kind)

    assert (precision("ends"), precision("wrong_number")) == (1, 1)
    assert recall("ends") >= 0.91
    assert recall("wrong_number") >= 0.94
    assert recall("other") >= 0.9
    assert precision("other") >= 0.99


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("STOP", set()), ("please stop texting me", set()), ("don't call me anymore", {"call"}),
        ("Please leave me alone", {"all"}), ("no more emails", {"email"}), ("Ne m'appelez plus", {"call"}),
        ("Lassen Sie mich in Ruhe", {"all"}), ("Rufen Sie mich nicht mehr an", {"call"}), ("Déjenme en paz", {"all"}),
        ("remove me from your list", {"all"}), ("No me llamen más", {"call"}),
    ],
)  # fmt: skip
def test_a_refusal_says_what_it_is_about(text: str, about: set[str]):
    assert set(read(text).about) == about


def test_the_words_that_told_and_their_language_are_named():
    found = read("Danke, aber lassen Sie mich bitte in Ruhe!")
    assert (found.kind, found.words, found.language) == ("refusal", "lassen sie mich bitte in ruhe", "de")


@pytest.mark.parametrize(
    "text",
    [
        "See you then!\n\nOn Mon, 2 Nov 2026 at 10:00, Marlow & Finch wrote:\n> To unsubscribe, answer STOP",
        "Gerne!\n\nAm 2. November 2026 schrieb Marlow & Finch:\nStopp genügt",
        "Bien sûr\n-----Message d'origine-----\nArrêtez de m'écrire",
        "Disliked “Reply STOP to stop”",
    ],
)
def test_what_it_quotes_is_not_what_it_says(text: str):
    assert read(text).kind == "other"


CASES = st.sampled_from([str.upper, str.lower, str.title, str.swapcase])
NOISE = st.text("!. ,…\n\t-*'\u200b", max_size=4)


@given(text=st.sampled_from(REFUSALS), case=CASES, before=NOISE, after=NOISE)
def test_case_and_noise_around_it_change_nothing(text: str, case, before: str, after: str):
    assert read(f"{before}{case(text)}{after}").kind in (*ENDS, "ambiguous")


@given(
    text=st.sampled_from([t for t in REFUSALS if read(t).kind == "refusal"]),
    thanks=st.sampled_from(["Hi!", "Thank you.", "Merci!"]),
)
def test_courtesy_around_a_refusal_changes_nothing(text: str, thanks: str):
    assert read(f"{thanks} {text}").refuses
    assert read(f"{text}. {thanks}").refuses


@given(st.text())
def test_it_reads_anything(text: str):
    assert read(text).kind


@pytest.mark.parametrize(
    "text", ["please " * LONGEST, "do not " * LONGEST, "stop " * LONGEST, "a.b." * LONGEST, "ne m " * LONGEST,
             "no me " * LONGEST, "\n>" * LONGEST, "On " * LONGEST, "f" * LONGEST, "nicht " * LONGEST],
)  # fmt: skip
def test_no_text_takes_long(text: str):
    read("warm up")
    begun = time.process_time()
    read(text)
    assert time.process_time() - begun < 0.5
