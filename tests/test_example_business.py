"""The example business: its rules load, its messages fit, and the demo's script speaks of what is there."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import jinja2
import phonenumbers
import pytest
from jinja2.sandbox import SandboxedEnvironment

from outreach.core.rule import Rule
from outreach.core.starting import fires_on
from outreach.demo.scenario import last_day, load
from outreach.rendering import Checker, Renderer
from outreach.rulebook.load import load_rulebook

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "templates"
#: A year of days on which somebody may run the demo, holidays and changes of the clocks among them.
DAYS = [date(2026, 7, 1) + timedelta(days=n) for n in range(0, 380, 3)]
GSM_7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
BUSINESS = {
    "name": "Marlow & Finch",
    "phone": "+1 212 555 0100",
    "address": "18 Larkspur Street, New York, NY 10012",
    "timezone": "America/New_York",
}
LONGEST_NAME, LONGEST_ITEM = "Maximiliano", "espresso machine"


@pytest.fixture(scope="module")
def rules() -> dict[str, Rule]:
    return {rule.name: rule for rule in load_rulebook(ROOT / "rules", TEMPLATES).rules}


def rendered(name: str, **scope: Any) -> str:
    env = SandboxedEnvironment(undefined=jinja2.StrictUndefined, autoescape=name.endswith(".html"))
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    return env.from_string(text).render(business=BUSINESS, **scope).strip()


def test_the_rules_load_without_a_warning():
    reader = Checker(TEMPLATES, BUSINESS)
    assert load_rulebook(ROOT / "rules", TEMPLATES, reader=reader).warnings == ()


def test_every_template_is_used(rules: dict[str, Rule]):
    used = {
        f"{name}.{step.channel}" for rule in rules.values() for step in rule.steps for name in step.templates.values()
    }
    assert {".".join(path.name.split(".")[:2]) for path in TEMPLATES.glob("[a-z]*.*.*")} == used


@pytest.mark.parametrize("name", [path.name for path in sorted(TEMPLATES.glob("*.sms.txt"))])
@pytest.mark.parametrize("customer", [{"first_name": LONGEST_NAME}, {}])
def test_an_sms_fits_into_one_segment(name: str, customer: dict[str, str]):
    text = rendered(name, customer=customer, event={"item": LONGEST_ITEM, "service": "haircut"})
    assert set(text) <= GSM_7
    assert len(text) <= 160


def test_a_marketing_sms_says_how_to_stop_it(rules: dict[str, Rule]):
    for rule in rules.values():
        for step in rule.steps:
            if (rule.purpose, step.channel) == ("marketing", "sms"):
                for name in step.templates.values():
                    assert "STOP" in (TEMPLATES / f"{name}.sms.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("[a-z]*.email.*")), ids=lambda path: path.name)
def test_an_email_has_its_subject_an_address_and_a_way_out(path: Path, rules: dict[str, Rule]):
    event = {"booking_id": "B-1", "contract_id": "SC-1", "plan": "Service plan"}
    scope = {"customer": {}, "event": event, "business": BUSINESS}
    name, _, *language = path.name.split(".")[:-1]
    renderer = Renderer(TEMPLATES)
    mail = renderer.render("email", name, {**scope, "unsubscribe_url": "https://example.com/u/1"}, *language)
    assert mail.problem == ""
    assert mail.subject
    assert mail.preview
    safety = {n for r in rules.values() if r.purpose == "safety" for s in r.steps for n in s.templates.values()}
    for text in (mail.body, mail.html):
        assert BUSINESS["address"] in text
        assert ("https://example.com/u/1" in text) == (name not in safety)
    without = renderer.render("email", name, scope, *language)
    assert "https://" not in without.body + without.html


def test_a_letter_and_its_layout_speak_one_language():
    mail = Renderer(TEMPLATES).render(
        "email", "before-your-stay",
        {"customer": {}, "event": {"booking_id": "B-1"}, "business": BUSINESS, "unsubscribe_url": "https://x.example"},
        "fr-CA",
    )  # fmt: skip
    assert '<html lang="fr">' in mail.html
    assert "Ne plus recevoir" in mail.body
    assert "No more mails" not in mail.body


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_demo_is_told_in_order_and_ends_on_a_working_day(today: date):
    customers, events = load(today)
    times = [datetime.fromisoformat(event["time"]) for event in events]
    assert times == sorted(times)
    assert times[-1].date() == last_day(today) <= today
    assert last_day(today).weekday() < 6
    assert {event["customer"] for event in events} <= {customer["id"] for customer in customers}
    assert len({event["id"] for event in events}) == len(events) - 1  # one is told twice


def test_the_demo_is_the_same_every_time():
    assert load(date(2026, 11, 21)) == load(date(2026, 11, 21))
    assert load(date(2026, 11, 21)) == load(date(2026, 11, 22))  # a Sunday shows the Saturday before


def test_the_demo_reaches_customers_by_numbers_that_could_exist():
    customers, _ = load(date(2026, 11, 20))
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(customer["phone"])) for customer in customers)
    assert all(customer["email"].endswith("@example.com") for customer in customers)


def test_outcomes_of_the_demo_speak_of_steps_that_exist(rules: dict[str, Rule]):
    _, events = load(date(2026, 11, 20))
    outcomes = [event["data"] for event in events if event["type"] == "outcome"]
    steps = {(name, step.name) for name, rule in rules.items() for step in rule.steps}
    assert {(data["rule"], data["step"]) for data in outcomes} <= steps


def test_every_rule_is_played_in_the_demo(rules: dict[str, Rule]):
    _, events = load(date(2026, 11, 20))
    told = {event["type"] for event in events}
    for name, rule in rules.items():
        if not rule.by_clock:  # those are looked at in tests/cli/test_demo.py
            assert told & set(fires_on(rule)), name
