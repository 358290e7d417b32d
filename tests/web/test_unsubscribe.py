"""The link at the end of an e-mail: looking changes nothing, one POST ends it, and it tells nobody anything."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from outreach.core.customer import Consent
from outreach.core.event import Event
from outreach.core.unsubscribing import LONGEST_TOKEN
from outreach.errors import ConfigError
from outreach.flow.erasing import erase
from outreach.providers import links
from outreach.settings import Settings, read_settings
from tests.web.house import MAYA, MONDAY, House, open_house, plain, read_only

PUBLIC = "https://outreach.example"
FROM_ELSEWHERE = {"origin": "https://mail.example", "sec-fetch-site": "cross-site"}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
RULES = """
rules:
  thanks:
    on: purchase
    purpose: care
    steps:
      - email: {at: in 1 hour, template: thanks}
  offer:
    on: purchase
    steps:
      - email: {at: in 2 hours, template: thanks}
  recall:
    on: recall
    purpose: safety
    steps:
      - email: {at: in 1 hour, template: thanks}
calendars:
  business: {timezone: America/New_York}
cadence: {min_gap: 0 minutes, caps: [], holidays: none}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    """Maya and Tom share an address; both agreed to offers."""
    opened = open_house(tmp_path, public_url=PUBLIC, rulebook=RULES, api_key="key")
    yes = [Consent(channel="email", purpose="marketing", given=True, at=MONDAY, source="till")]
    people = [MAYA, replace(MAYA, id="tom", first_name="Tom", language="fr")]
    opened.app.engine.save_customers([(c, yes) for c in people])
    yield opened
    opened.client.close()
    opened.app.store.engine.dispose()


def url_of(house: House, customer: str = "maya", purpose: str = "marketing", address: str = MAYA.email) -> str:
    made = links(house.app.settings, house.app.store.secret).url(customer, "email", purpose, address)
    assert made.startswith(f"{PUBLIC}/u/")
    return made.removeprefix(PUBLIC)


def click(house: House, path: str, **sent: Any) -> Any:
    world = house.guest(base_url=PUBLIC)
    return world.post(path, headers=FROM_ELSEWHERE, **(sent or {"data": ONE_CLICK}))


def sent_to(house: House, *customers: str) -> dict[str, list[str]]:
    """For what purposes each of them gets an e-mail when she buys something and it is recalled."""
    now = house.clock.now()
    events = [
        Event(id=f"{type_}-{now}", type=type_, customer=c, time=now)
        for c in customers
        for type_ in ("purchase", "recall")
    ]
    house.happens(*events)
    with house.app.store.reading() as tx:
        return {c: sorted(a.purpose for a in tx.attempts.of([c]) if a.made >= now) for c in customers}


def everything(house: House) -> list[Any]:
    with house.app.store.reading() as tx:
        return [tx.house.read(f"SELECT * FROM {t} ORDER BY 1, 2, 3, 4") for t in ("suppression", "consent", "event")]


def test_looking_changes_nothing(shop: House):
    before = everything(shop)
    world = shop.guest(base_url=PUBLIC)
    for _ in range(3):
        answer = world.get(url_of(shop))
        assert answer.status_code == 200
        assert world.head(url_of(shop)).status_code == 200
    assert 'method="post"' in answer.text
    assert everything(shop) == before
    assert sent_to(shop, "maya") == {"maya": ["care", "marketing", "safety"]}


def test_one_click_ends_what_the_mail_was_for(shop: House):
    answer = click(shop, url_of(shop))
    assert (answer.status_code, "location" in answer.headers, "set-cookie" in answer.headers) == (200, False, False)
    assert "You are unsubscribed" in answer.text
    # …and what goes to that mailbox goes to whoever shares it
    assert sent_to(shop, "maya", "tom") == {"maya": ["care", "safety"], "tom": ["care", "safety"]}


def test_who_wants_no_care_wants_no_offers(shop: House):
    click(shop, url_of(shop, purpose="care"))
    assert sent_to(shop, "maya") == {"maya": ["safety"]}


def test_a_mail_program_may_send_it_as_multipart(shop: House):
    assert click(shop, url_of(shop), files={"List-Unsubscribe": (None, "One-Click")}).status_code == 200
    assert sent_to(shop, "maya") == {"maya": ["care", "safety"]}


@pytest.mark.parametrize(("scope", "left"), [("marketing", ["care", "safety"]), ("all", [])])
def test_the_buttons_of_the_page(shop: House, scope: str, left: list[str]):
    assert click(shop, url_of(shop), data={"scope": scope}).status_code == 200
    assert sent_to(shop, "maya") == {"maya": left}


def test_it_ends_what_is_planned(shop: House):
    shop.app.engine.ingest([Event(id="p", type="purchase", customer="maya", time=MONDAY)])
    click(shop, url_of(shop))
    with shop.app.store.reading() as tx:
        states = {f.rule: (f.state, f.reason) for f in tx.follow_ups.all_of("maya")}
    assert states == {"thanks": ("scheduled", ""), "offer": ("suppressed", "opted_out:email")}


def test_twice_is_once(shop: House):
    click(shop, url_of(shop))
    before = everything(shop)
    shop.clock.instant += timedelta(hours=1)
    assert click(shop, url_of(shop)).status_code == 200
    assert everything(shop) == before


def test_a_yes_in_between_makes_the_second_no_count(shop: House):
    click(shop, url_of(shop))
    shop.clock.instant += timedelta(days=1)
    yes = {"channel": "email", "purpose": "marketing", "source": "asked at the till"}
    shop.app.engine.ingest([Event(id="y", type="consent.given", customer="maya", time=shop.clock.now(), data=yes)])
    shop.clock.instant += timedelta(days=1)
    assert sent_to(shop, "maya") == {"maya": ["care", "marketing", "safety"]}
    click(shop, url_of(shop))
    shop.clock.instant += timedelta(days=1)
    assert sent_to(shop, "maya") == {"maya": ["care", "safety"]}


def test_it_works_after_she_was_erased_and_holds_when_she_comes_in_again(shop: House):
    path = url_of(shop)
    with shop.app.store.writing() as tx:
        erase(tx, "maya", shop.clock.now())
    asked, done = shop.guest(base_url=PUBLIC).get(path), click(shop, path)
    assert (asked.status_code, done.status_code) == (200, 200)
    yes = Consent(channel="email", purpose="marketing", given=True, at=MONDAY - timedelta(days=9), source="old file")
    shop.app.engine.save_customers([(replace(MAYA, id="maya-again"), [yes])])
    assert sent_to(shop, "maya-again") == {"maya-again": ["care", "safety"]}


def test_it_holds_for_her_old_address_and_her_new_one(shop: House):
    path = url_of(shop)
    shop.app.engine.save_customers([(replace(MAYA, email="maya@new.example"), [])])
    click(shop, path)
    assert sent_to(shop, "maya", "tom") == {"maya": ["care", "safety"], "tom": ["care", "safety"]}


def test_it_reaches_who_she_was_merged_into(shop: House):
    path = url_of(shop)
    shop.app.engine.save_customers([(replace(MAYA, id="m2", email="m2@new.example"), [])])
    merge = Event(id="m", type="customer.merged", customer="maya", time=MONDAY, data={"into": "m2"})
    shop.app.engine.ingest([merge])
    click(shop, path)
    assert sent_to(shop, "m2") == {"m2": ["care", "safety"]}


def forged(path: str) -> list[str]:
    token = path.removeprefix("/u/")
    key, what, signature = token.split(".")
    return [
        "x", "0..", f"{key}.{what}", f"{key}.{what}.", f"1.{what}.{signature}", f"{key}.{what[:-1]}.{signature}",
        f"{key}.{what}.{signature[:-1]}", f"{key}.{what}.{'A' * len(signature)}", token + "A", token.upper(),
        f"{key}.{what}.{signature}\u00e9", "0." + "A" * 3 * LONGEST_TOKEN + "." + signature, "%00", "0.%ff.%ff",
        "0.QUJD.QUJD",
    ]  # fmt: skip


def test_a_link_that_nobody_made_does_nothing_and_looks_alike(shop: House):
    world, path = shop.guest(base_url=PUBLIC), url_of(shop)
    page, done = world.get(path).text, click(shop, url_of(shop, "nobody", address="nobody@example.com")).text
    before = everything(shop)
    for token in forged(path):
        asked, told = world.get(f"/u/{token}"), click(shop, f"/u/{token}")
        assert (asked.status_code, told.status_code) == (200, 200), token
        assert (asked.text, told.text) == (page, done), token
    assert everything(shop) == before


def test_a_link_of_another_house_or_customer_is_none(shop: House):
    own = links(shop.app.settings, shop.app.store.secret)
    other = links(read_settings(tenant="other", public_url=PUBLIC), shop.app.store.secret)
    path = other.url("maya", "email", "marketing", MAYA.email).removeprefix(f"{PUBLIC}/u/")
    assert own.read(path) is None
    assert other.read(path) is not None


def test_a_new_key_signs_and_the_old_ones_are_understood(shop: House):
    secret = shop.app.store.secret

    def keys(text: str) -> Settings:
        return read_settings(public_url=PUBLIC, unsubscribe_keys=text)

    first, second = "a:" + "1" * 16, "b:" + "2" * 16
    tokens = {
        name: links(keys(text), secret).url("maya", "email", "care", MAYA.email).removeprefix(f"{PUBLIC}/u/")
        for name, text in {"own": "", "first": first, "second": f"{second},{first}"}.items()
    }
    assert [t.partition(".")[0] for t in tokens.values()] == ["0", "a", "b"]
    rotated, without = links(keys(f"{second},{first}"), secret), links(keys(second), secret)
    assert all(rotated.read(t) for t in tokens.values())
    assert [bool(without.read(t)) for t in tokens.values()] == [True, False, True]
    assert links(keys("a:" + "3" * 16), secret).read(tokens["first"]) is None
    assert "1111" not in repr(keys(first)) + repr(rotated)


@pytest.mark.parametrize(
    "text", ["a", "a:short", "0:" + "1" * 20, "a b:" + "1" * 20, "a:" + "1" * 20 + ",a:" + "2" * 20]
)
def test_keys_that_make_no_sense_are_refused(text: str):
    with pytest.raises(ConfigError, match="OUTREACH_UNSUBSCRIBE_KEYS is written"):
        links(read_settings(unsubscribe_keys=text), b"secret")


@pytest.mark.parametrize(
    ("customer", "accepts", "language", "says"),
    [
        ("maya", "", "en", "No more advertising"), ("maya", "de-AT,en;q=0.5", "de", "Keine Werbung mehr"),
        ("tom", "de", "fr", "Plus de publicité"), ("maya", "pt, es;q=0.8", "es", "No más publicidad"),
        ("maya", "xx", "en", "No more advertising"),
    ],
)  # fmt: skip
def test_it_speaks_her_language(shop: House, customer: str, accepts: str, language: str, says: str):
    answer = shop.guest(base_url=PUBLIC).get(url_of(shop, customer), headers={"accept-language": accepts})
    assert f'lang="{language}"' in answer.text
    assert says in html.unescape(answer.text)
    assert MAYA.email not in answer.text
    assert "Maya" not in answer.text


def test_it_is_asked_by_the_houses_own_name_only(shop: House):
    for base in ("https://evil.example", "http://192.0.2.1"):
        world = shop.guest(base_url=base)
        assert (world.get(url_of(shop)).status_code, world.post(url_of(shop)).status_code) == (421, 421)


def test_when_it_cannot_be_stored_it_is_not_said_to_be_done(shop: House):
    with read_only(shop):
        answer = click(shop, url_of(shop))
        assert answer.status_code == 503
        assert "unsubscribed" not in plain(answer.text)
        assert shop.guest(base_url=PUBLIC).get(url_of(shop)).status_code == 200
    assert sent_to(shop, "maya") == {"maya": ["care", "marketing", "safety"]}


def test_the_mail_itself_carries_the_link_that_ends_it(shop: House):
    shop.happens(Event(id="p", type="purchase", customer="tom", time=MONDAY))
    with shop.app.store.reading() as tx:
        mails = {a.purpose: a for a in tx.attempts.of(["tom"])}
    own = links(shop.app.settings, shop.app.store.secret)
    for purpose, mail in mails.items():
        way = own.read(mail.body.rpartition("/u/")[2].split()[0])
        assert way is not None
        assert (way.customer, way.purpose, way.address_key) == ("tom", purpose, mail.address_key)
        assert shop.app.settings.business_address in mail.body
        assert "Se désabonner" in mail.html
        assert mail.html.count("/u/") == 1
