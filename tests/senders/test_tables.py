"""The tables of errors are data: what they say is what the senders do, and what docs/delivery.md shows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from outreach.senders._answers import by_status
from outreach.senders._sendgrid_codes import TABLE, verdict_of
from outreach.senders._smtp_codes import ENHANCED, PLAIN
from outreach.senders._smtp_codes import verdict_of as verdict_by_smtp
from outreach.senders._twilio_codes import CODES

DOCS = (Path(__file__).parents[2] / "docs" / "delivery.md").read_text(encoding="utf-8")
#: The verdicts as the page names them.
WORDS = {"pace": "slower"}


def shown(rows: Iterable[tuple[object, str, str]]) -> str:
    return "\n".join(f"| `{code}` | {meaning} | {WORDS.get(verdict, verdict)} |" for code, meaning, verdict in rows)


@pytest.mark.parametrize("rows", [TABLE, PLAIN, ENHANCED], ids=["SendGrid", "SMTP", "SMTP enhanced"])
def test_the_page_shows_the_whole_table(rows: Iterable[tuple[object, str, str]]):
    assert shown(rows) in DOCS, f"write this into docs/delivery.md:\n{shown(rows)}"


def test_the_page_says_of_twilios_codes_what_they_mean():
    words = {"wait": "wait", "slower": "pace", "suppress": "suppress", "refuse": "refuse", "stop": "stop"}
    told = 0
    for word, verdict in words.items():
        [cell] = re.findall(rf"^\| {word} \| ([^|]*) \|", DOCS, re.M)
        for code in map(int, re.findall(r"\b\d{3,5}\b", cell)):
            assert (CODES.get(code) or by_status(code), code) == (verdict, code)
            told += 1
    assert told > 20


@pytest.mark.parametrize(
    ("status", "fields", "verdict"),
    [
        (400, ["personalizations.0.to.0.email"], "suppress"),
        (400, ["personalizations.0.to.0.email", "subject"], "refuse"),
        (400, ["personalizations.0.tone"], "refuse"), (400, [], "refuse"),
        (413, ["personalizations.0.to.0.email"], "refuse"), (401, [], "stop"), (403, [], "stop"), (429, [], "pace"),
        (500, [], "unknown"), (599, [], "unknown"), (408, [], "unknown"), (200, [], "unknown"), (418, [], "refuse"),
    ],
)  # fmt: skip
def test_sendgrids_statuses(status: int, fields: list[str], verdict: str):
    assert verdict_of(status, fields) == verdict


@pytest.mark.parametrize(
    ("stage", "code", "text", "verdict"),
    [
        ("recipient", 550, "5.1.1 no such user", "suppress"), ("recipient", 550, "no such user", "refuse"),
        ("data", 550, "5.1.1 no such user", "refuse"), ("sender", 550, "5.1.1 no such user", "stop"),
        ("recipient", 551, "5.1.6 she moved", "suppress"), ("recipient", 552, "5.2.2 full", "refuse"),
        ("recipient", 553, "5.1.3 what?", "suppress"), ("recipient", 553, "what?", "refuse"),
        ("recipient", 556, "5.1.10 null MX", "suppress"), ("recipient", 556, "5.1.100 new", "refuse"),
        ("data", 550, "5.7.26 unauthenticated", "stop"), ("data", 550, "5.7.1 spam?", "refuse"),
        ("data", 554, "no", "refuse"), ("session", 554, "no", "stop"), ("session", 535, "5.7.8 no", "stop"),
        ("data", 599, "no", "refuse"), ("data", 552, "4.7.0 odd", "refuse"),
        ("session", 421, "closing", "wait"), ("data", 421, "4.7.0 too fast", "pace"), ("data", 421, "4.7.28 x", "pace"),
        ("recipient", 450, "4.7.1 greylisted", "wait"), ("recipient", 450, "4.2.0 busy", "wait"),
        ("recipient", 451, "4.4.5 congested", "pace"), ("recipient", 452, "4.5.3 too many", "wait"),
        ("recipient", 450, "5.1.1 odd", "wait"), ("recipient", 333, "odd", "wait"),
    ],
)  # fmt: skip
def test_what_mail_servers_say(stage: str, code: int, text: str, verdict: str):
    assert verdict_by_smtp(stage, code, text) == verdict


@pytest.mark.parametrize("row", PLAIN, ids=lambda row: str(row[0]))
def test_each_plain_code_is_what_the_table_says(row: tuple[int, str, str]):
    assert verdict_by_smtp("recipient", row[0], "") == row[2]


@pytest.mark.parametrize("row", ENHANCED, ids=lambda row: row[0])
def test_each_enhanced_code_is_what_the_table_says(row: tuple[str, str, str]):
    code = row[0].replace("x", "99")
    assert verdict_by_smtp("recipient", 550 if code[0] == "5" else 450, f"{code} text") == row[2]
