"""Nobody but the provider is heard: what is forged, changed, old or malformed is refused, and nothing breaks."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from outreach.errors import ConfigError
from outreach.settings import read_settings
from outreach.web.seals import sendgrid_seal
from tests.web.callers import KEY, OLD_TOKEN, PUBLIC, SETTINGS, TOKEN, SendGrid, Twilio, public_key, sid
from tests.web.house import MAYA, House, open_house

INBOUND = "/hooks/twilio/inbound"
STOP = {"MessageSid": sid(1), "From": MAYA.phone, "Body": "STOP"}
#: How much a stranger tries; OUTREACH_TEST_HOSTILE=1000 tries harder.
HOSTILE = int(os.environ.get("OUTREACH_TEST_HOSTILE", "60"))
SIGNATURE, TIMESTAMP = (f"x-twilio-email-event-webhook-{n}" for n in ("signature", "timestamp"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    opened = open_house(tmp_path_factory.mktemp("sealed"), **SETTINGS)
    opened.people(MAYA)
    yield opened
    opened.client.close()
    opened.app.store.engine.dispose()


def everything(house: House) -> list[Any]:
    with house.app.store.reading() as tx:
        tables = ("suppression", "consent", "event", "callback", "hold")
        return [tx.house.read(f"SELECT * FROM {t}") for t in tables]


@pytest.fixture(autouse=True)
def nothing_is_accepted(request: pytest.FixtureRequest, shop: House) -> Iterator[None]:
    before = everything(shop)
    yield
    if "no_fault_of_ours" not in request.node.name:
        assert everything(shop) == before


def fresh(tmp_path: Path, **more: Any) -> House:
    opened = open_house(tmp_path, **(dict(SETTINGS) | more))
    opened.people(MAYA)
    return opened


@pytest.mark.parametrize("token", [TOKEN, OLD_TOKEN])
def test_while_the_token_is_changed_both_are_known(tmp_path: Path, token: str):
    house = fresh(tmp_path)
    assert Twilio(house).call(INBOUND, STOP | {"Body": " stop \n", "Unheard": "Ä🙂"}, token=token).status_code == 200
    with house.app.store.reading() as tx:
        assert tx.house.read("SELECT count(*) FROM suppression")[0][0] == 2
    house.app.store.engine.dispose()


FORGED = {
    "guessed": {"token": "guess"}, "no address": {"url": INBOUND}, "http": {"url": f"http://outreach.example{INBOUND}"},
    "another house": {"url": f"https://other.example{INBOUND}"}, "slash": {"url": f"{PUBLIC}{INBOUND}/"},
    "another hook": {"url": f"{PUBLIC}/hooks/twilio/status"}, "query": {"url": f"{PUBLIC}{INBOUND}?a=1"},
    "capitals": {"url": f"https://OUTREACH.example{INBOUND}"},
}  # fmt: skip


@pytest.mark.parametrize("how", FORGED.values(), ids=FORGED.keys())
def test_sealed_by_another_or_for_another_address(shop: House, how: dict[str, str]):
    assert Twilio(shop).call(INBOUND, STOP, **how).status_code == 403


@pytest.mark.parametrize(
    "changed",
    [
        STOP | {"Body": "HELLO"}, STOP | {"More": "1"}, {k: v for k, v in STOP.items() if k != "Body"},
        STOP | {"Body": "STOP "}, STOP | {"From": "+12125550102"}, {},
    ],
)  # fmt: skip
def test_what_was_changed_on_its_way(shop: House, changed: dict[str, str]):
    signature = RequestValidator(TOKEN).compute_signature(PUBLIC + INBOUND, STOP)
    assert Twilio(shop).send(INBOUND, urlencode(changed).encode(), {"x-twilio-signature": signature}).status_code == 403


@pytest.mark.parametrize("query", ["b=2&a=1", "a=1", "a=1&b=2&", "a=1&b=%32", ""])
def test_the_query_is_sealed_as_it_stands(shop: House, query: str):
    signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}{INBOUND}?a=1&b=2", STOP)
    path = f"{INBOUND}?{query}" if query else INBOUND
    assert Twilio(shop).send(path, urlencode(STOP).encode(), {"x-twilio-signature": signature}).status_code == 403


@pytest.mark.parametrize("signature", [None, "", "x", "é".encode(), "=" * 28, "A" * 10_000])
def test_a_signature_that_is_none(shop: House, signature: Any):
    headers = {} if signature is None else {"x-twilio-signature": signature}
    assert Twilio(shop).send(INBOUND, urlencode(STOP).encode(), headers).status_code == 403


@pytest.mark.parametrize("name", ["x-forwarded-host", "x-forwarded-proto", "x-original-url", "forwarded"])
def test_what_a_request_says_of_itself_counts_for_nothing(shop: House, name: str):
    forged = {name: "evil.example"}
    assert Twilio(shop).call(INBOUND, STOP, url=f"https://evil.example{INBOUND}", **forged).status_code == 403
    sealed = {"x-twilio-signature": RequestValidator(TOKEN).compute_signature(f"https://evil.example{INBOUND}", STOP)}
    world = shop.guest(base_url="https://evil.example")
    assert world.post(INBOUND, data=STOP, headers=sealed).status_code == 421


@pytest.mark.parametrize("body", [b"\xff\xfe", b"a=%ED%A0%80", b"a=1&" * 500, b"", b"{}", b"a" * 2000])
def test_a_form_that_is_none(shop: House, body: bytes):
    assert Twilio(shop).send(INBOUND, body, {"x-twilio-signature": "x"}).status_code == 403


@pytest.mark.parametrize("path", [INBOUND, "/hooks/twilio/status", "/hooks/sendgrid/events"])
def test_nobody_can_fill_the_memory(shop: House, path: str):
    world = shop.guest(base_url=PUBLIC)
    assert world.post(path, content=b" " * (1024 * 1024 + 1)).status_code == 413
    assert world.post(path, content=b"x", headers={"content-length": str(10**12)}).status_code == 413
    assert world.get(path).status_code == 405


@pytest.mark.parametrize("path", [INBOUND, "/hooks/twilio/status?attempt=1", "/hooks/sendgrid/events"])
def test_without_settings_nobody_is_heard(tmp_path: Path, path: str):
    bare = open_house(tmp_path, public_url=PUBLIC)
    sealed = {"x-twilio-signature": RequestValidator("").compute_signature(PUBLIC + path, STOP)}
    assert bare.guest(base_url=PUBLIC).post(path, data=STOP, headers=sealed).status_code == 403
    assert SendGrid(bare).call([]).status_code == 403
    bare.app.store.engine.dispose()


def test_without_a_public_address_nobody_is_heard(tmp_path: Path):
    bare = open_house(tmp_path, TWILIO_AUTH_TOKEN=TOKEN)
    sealed = {"x-twilio-signature": RequestValidator(TOKEN).compute_signature(f"http://localhost{INBOUND}", STOP)}
    assert bare.client.post(INBOUND, data=STOP, headers=sealed).status_code == 403
    bare.app.store.engine.dispose()


def test_an_event_of_another_key(shop: House):
    stranger = SendGrid(shop, ec.generate_private_key(ec.SECP256R1()))
    assert stranger.call([stranger.event(1, "spamreport")]).status_code == 403


@pytest.mark.parametrize("age", [timedelta(hours=25, seconds=1), timedelta(days=400), timedelta(hours=-2)])
def test_an_event_of_another_day(shop: House, age: timedelta):
    sendgrid = SendGrid(shop)
    answer = sendgrid.call([sendgrid.event(1, "spamreport")], at=shop.clock.now() - age)
    assert answer.status_code == 403


def sealed(house: House, events: object) -> tuple[bytes, dict[str, str]]:
    kept: list[Any] = []

    class Keeping(SendGrid):
        def send(self, body: bytes, headers: dict[str, str]) -> Any:
            kept.append((body, headers))

    Keeping(house).call(events)  # type: ignore[arg-type]
    found: tuple[bytes, dict[str, str]] = kept[0]
    return found


@pytest.mark.parametrize(
    "changed",
    [
        {SIGNATURE: ""}, {SIGNATURE: "!!!"}, {SIGNATURE: "A"}, {SIGNATURE: "AAAA"}, {SIGNATURE: "\u00e9"},
        {SIGNATURE: "A" * 9999},
        {TIMESTAMP: ""}, {TIMESTAMP: "now"}, {TIMESTAMP: "-1"}, {TIMESTAMP: "1e9"}, {TIMESTAMP: "9" * 40},
        {TIMESTAMP: "\u00b2"},
        {TIMESTAMP: "1793631601"},
    ],
)  # fmt: skip
def test_an_event_whose_seal_is_broken(shop: House, changed: dict[str, str]):
    body, headers = sealed(shop, [SendGrid(shop).event(1, "spamreport")])
    forged = {k: v.encode() for k, v in (headers | changed).items()}
    assert SendGrid(shop).send(body, forged).status_code == 403  # type: ignore[arg-type]
    for name in changed:
        assert SendGrid(shop).send(body, {k: v for k, v in headers.items() if k != name}).status_code == 403


def test_an_event_that_was_changed_on_its_way(shop: House):
    body, headers = sealed(shop, [SendGrid(shop).event(1, "spamreport")])
    for other in (body.replace(b"maya@", b"tom@"), body + b" ", body[:-1], b"\xff" + body, b""):
        assert SendGrid(shop).send(other, headers).status_code == 403


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"null", b"[" * 100_000, b"[1", b"\xef\xbb\xbf[]x", json.dumps([{}] * 1_001).encode(), b'"x"'],
    ids=["empty", "object", "null", "deep", "open", "bom", "many", "text"],
)
def test_what_is_sealed_and_makes_no_sense_is_told_so(shop: House, body: bytes):
    answer = SendGrid(shop).call(body)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


def test_a_sealed_form_without_a_message_is_told_so(shop: House):
    twilio = Twilio(shop)
    for sid_ in ("", "SM1", "CA" + "0" * 32, sid(1) + "\n"):
        assert twilio.call(INBOUND, STOP | {"MessageSid": sid_}).status_code == 400
        assert (
            twilio.call("/hooks/twilio/status?attempt=", {"MessageSid": sid_, "MessageStatus": "sent"}).status_code
            == 400
        )


@pytest.mark.parametrize(
    "key", ["nonsense", base64.b64encode(b"x" * 91).decode(), public_key(ec.generate_private_key(ec.SECP384R1()))]
)
def test_a_key_that_is_none_is_said_at_the_start(key: str):
    with pytest.raises(ConfigError, match="SENDGRID_WEBHOOK_KEY is no"):
        sendgrid_seal(read_settings(SENDGRID_WEBHOOK_KEY=key))


def test_a_key_may_come_as_a_file_has_it(shop: House):
    lines = "\n".join(["-----BEGIN PUBLIC KEY-----", public_key()[:64], public_key()[64:], "-----END PUBLIC KEY-----"])
    body, headers = sealed(shop, [])
    seal = sendgrid_seal(read_settings(SENDGRID_WEBHOOK_KEY=lines))
    assert seal.fits(body, headers[SIGNATURE], headers[TIMESTAMP], shop.clock.now())
    assert KEY.curve.name == "secp256r1"


BODIES = st.binary(max_size=200) | st.text(max_size=50).map(
    lambda t: urlencode({"Body": t, "MessageSid": sid(1)}).encode()
)
HEADER = st.binary(max_size=60).map(lambda b: quote_from_bytes(b).encode()) | st.just(base64.b64encode(b"x" * 20))


@settings(max_examples=HOSTILE, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES, signature=HEADER, stamp=st.sampled_from([b"", b"x", b"1793631600", b"1"]), which=st.integers(0, 2))
def test_whatever_a_stranger_sends_is_refused(shop: House, body: bytes, signature: bytes, stamp: bytes, which: int):
    path = (INBOUND, "/hooks/twilio/status?attempt=1", "/hooks/sendgrid/events")[which]
    headers = {"x-twilio-signature": signature, SIGNATURE: signature, TIMESTAMP: stamp}
    assert shop.guest(base_url=PUBLIC).post(path, content=body, headers=headers).status_code == 403


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["event", "email", "timestamp", "sg_event_id", "attempt", "reason", "type", "url"])
KINDS = st.sampled_from(["bounce", "dropped", "click", "spamreport", "delivered", "group_unsubscribe"])
EVENTS = st.dictionaries(NAMES, ANYTHING, max_size=8) | st.fixed_dictionaries(
    {"event": KINDS, "email": st.just("x@example.com"), "timestamp": st.integers(-5, 2 * 10**9)},
    optional={n: ANYTHING for n in ("sg_event_id", "attempt", "reason", "type", "url")},
)


@settings(max_examples=HOSTILE // 2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(EVENTS | ANYTHING, max_size=4))
def test_whatever_sendgrid_itself_sends_is_no_fault_of_ours(shop: House, events: list[Any]):
    try:
        body = json.dumps(events).encode()
    except ValueError:
        return
    assert SendGrid(shop).call(body).status_code in (200, 400)


FIELDS = st.dictionaries(
    st.sampled_from(["MessageSid", "MessageStatus", "From", "Body", "ErrorCode", "OptOutType", "Other"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
    | st.sampled_from([sid(7), "failed", "+15550001111", "21610"]),
)


@settings(max_examples=HOSTILE // 2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=FIELDS, attempt=st.text("0123456789abcdef%", max_size=40), to_status=st.booleans())
def test_whatever_twilio_itself_sends_is_no_fault_of_ours(
    shop: House, fields: dict[str, str], attempt: str, to_status: bool
):
    path = f"/hooks/twilio/status?attempt={attempt}" if to_status else INBOUND
    assert Twilio(shop).call(path, fields).status_code in (200, 400)
