"""Twilio's SDK against a server that speaks Twilio, well and badly."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from outreach.core.delivery import News
from outreach.core.looking import CannotTell, Found, Window
from outreach.errors import ConfigError
from outreach.ports import Message, Refused, Sender, Sent, Unknown, Unsent
from outreach.senders._twilio_codes import news_of
from outreach.senders.twilio import CODES, TwilioSender, judge
from tests.senders.conftest import ATTEMPT, QUICK
from tests.wire import specs
from tests.wire.server import HICCUP, HTML, Misbehaviour, Said, Wire, refused_port
from tests.wire.twilio import ACCOUNT, NOON, SERVICE, TOKEN, Twilio, problem, problem_9457

Build = Callable[..., Message]


def a_sender(url: str, **fields: object) -> TwilioSender:
    values = {"account_sid": ACCOUNT, "auth_token": TOKEN, "from_": "+12025550100", "base_url": url, **fields}
    return TwilioSender(**values)  # type: ignore[arg-type]


def test_a_message_goes_out(twilio_wire: Wire, twilio_api: Twilio, a_message: Build):
    sender: Sender = a_sender(twilio_wire.url)

    assert sender.send(a_message()) == Sent(provider_id="SM" + "1".rjust(32, "0"))
    assert twilio_api.accepted == [
        {"To": "+12025550123", "Body": "Hello Maria", "From": "+12025550100", "ValidityPeriod": "14400"}
    ]


def test_what_goes_out_is_what_twilio_specifies(twilio_wire: Wire, twilio_api: Twilio, a_message: Build):
    specs.need("twilio_messages_subset")
    service = {"from_": "", "messaging_service_sid": SERVICE}
    sender = a_sender(twilio_wire.url, status_callback="https://shop.example/hooks/twilio/status", **service)

    assert isinstance(sender.send(a_message(body="Bis morgen, Jürgen 🙂")), Sent)
    assert twilio_api.accepted[0]["MessagingServiceSid"] == SERVICE
    assert "From" not in twilio_api.accepted[0]


@pytest.mark.parametrize("address", ["https://shop.example/hooks", "https://shop.example/hooks?bucket=7"])
def test_the_callback_carries_the_attempt(address: str, twilio_wire: Wire, twilio_api: Twilio, a_message: Build):
    a_sender(twilio_wire.url, status_callback=address).send(a_message())

    callback = urlsplit(twilio_api.accepted[0]["StatusCallback"])
    assert parse_qs(callback.query)["attempt"] == [ATTEMPT]
    assert twilio_api.accepted[0]["StatusCallback"].startswith(address)


UNKNOWN = {
    "a late answer": (Misbehaviour(late=20), "timeout"),
    "nothing but a trickle": (Misbehaviour(trickle=0.2), "timeout"),
    "a line that drops at once": (Misbehaviour(cut=0), "disconnected"),
    "a line that is reset": (Misbehaviour(cut=0, reset=True), "disconnected"),
    "a line that drops in the first line": (Misbehaviour(cut=10), "garbled"),
    "a line that drops in the head": (Misbehaviour(cut=20), "unreadable"),
    "a line that drops in the body": (Misbehaviour(cut=150), "garbled"),
    "500 after accepting": (Misbehaviour(says=HICCUP), "20500"),
    "503 of a machine in between": (Misbehaviour(says=Said(503, b"<h1>no</h1>")), "503"),
    "a hotel's wifi": (Misbehaviour(says=HTML), "unreadable"),
    "a yes that is empty": (Misbehaviour(says=Said(201)), "unreadable"),
    "a yes that is a list": (Misbehaviour(says=Said(201, b"[]")), "unreadable"),
    "a yes without a message id": (Misbehaviour(says=Said(201, b'{"status": "queued"}')), "unreadable"),
    "a yes with a state nobody knows": (
        Misbehaviour(says=Said(201, b'{"sid": "SM%032d", "status": "lost"}' % 1)),
        "unreadable",
    ),
    "a redirect": (Misbehaviour(says=Said(307, b"", {"Location": "/elsewhere"})), "307"),
    "a reply of a gigabyte": (Misbehaviour(says=Said(201, b"", {"Content-Length": "1000000000"})), "garbled"),
    "a header without end": (Misbehaviour(says=Said(201, b"", {"X": "x" * 70_000})), "garbled"),
    "408 of a machine in between": (Misbehaviour(says=Said(408)), "408"),
}


@pytest.mark.parametrize(("how", "code"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_may_have_been_sent_is_unknown(
    how: Misbehaviour, code: str, twilio_wire: Wire, twilio_api: Twilio, a_message: Build
):
    limits = QUICK if how.late or how.trickle else {}
    twilio_wire.misbehaviour = how

    answer = a_sender(twilio_wire.url, **limits).send(a_message())

    assert isinstance(answer, Unknown)
    assert answer.code == code
    assert len(twilio_wire.heard) == 1
    assert len(twilio_api.accepted) == 1


def test_a_refused_connection_is_unsent(a_message: Build):
    answer = a_sender(f"http://127.0.0.1:{refused_port()}").send(a_message())

    assert isinstance(answer, Unsent)
    assert answer.code == "connection_refused"


def test_too_many_requests_is_unsent_and_says_when(twilio_wire: Wire, twilio_api: Twilio, a_message: Build):
    twilio_wire.misbehaviour = Misbehaviour(says=problem(429, 20429, "Too Many Requests", Retry_After="7"), ignore=True)

    answer = a_sender(twilio_wire.url).send(a_message())

    assert answer == Unsent(code="20429", text="Unable to create record: Too Many Requests", retry_after=7, slower=True)
    assert (len(twilio_wire.heard), len(twilio_api.accepted)) == (1, 0)


@pytest.mark.parametrize("code", [21611, 21730])
def test_a_full_queue_is_unsent(code: int, twilio_wire: Wire, twilio_api: Twilio, a_message: Build):
    twilio_api.codes["+12025550123"] = (400, code)

    answer = a_sender(twilio_wire.url).send(a_message())

    assert isinstance(answer, Unsent)
    assert answer.code == str(code)


@pytest.mark.parametrize("code", [21610, 21211, 21265, 21614, 21635])
def test_an_address_that_must_not_be_used_is_suppressed(
    code: int, twilio_wire: Wire, twilio_api: Twilio, a_message: Build
):
    twilio_api.codes["+12025550123"] = (400, code)

    answer = a_sender(twilio_wire.url).send(a_message())

    assert isinstance(answer, Refused)
    assert (answer.code, answer.suppress, answer.stop_sender) == (str(code), True, False)
    assert "+12025550123" not in answer.text
    assert "[address] will not do" in answer.text


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, 20003), (403, 20003), (400, 21212), (400, 21606), (400, 21408), (400, 30034), (404, 20404)],
)
def test_a_fault_of_our_account_stops_the_sender(
    status: int, code: int, twilio_wire: Wire, twilio_api: Twilio, a_message: Build
):
    twilio_api.codes["+12025550123"] = (status, code)

    answer = a_sender(twilio_wire.url).send(a_message())

    assert isinstance(answer, Refused)
    assert (answer.code, answer.suppress, answer.stop_sender) == (str(code), False, True)


def test_a_wrong_token_stops_the_sender(twilio_wire: Wire, a_message: Build):
    answer = a_sender(twilio_wire.url, auth_token="another").send(a_message())

    assert answer == Refused(code="20003", text="Unable to create record: Authenticate", stop_sender=True)


@pytest.mark.parametrize("code", [21612, 21617, 99999])
def test_another_no_is_about_this_message_only(code: int, twilio_wire: Wire, twilio_api: Twilio, a_message: Build):
    twilio_api.codes["+12025550123"] = (400, code)

    answer = a_sender(twilio_wire.url).send(a_message())

    assert isinstance(answer, Refused)
    assert (answer.suppress, answer.stop_sender) == (False, False)


def test_the_newer_kind_of_error_counts_by_the_replys_status(twilio_wire: Wire, a_message: Build):
    twilio_wire.misbehaviour = Misbehaviour(says=problem_9457(400, 21610, "Unsubscribed"), ignore=True)
    assert a_sender(twilio_wire.url).send(a_message()) == Refused(code="21610", text="Unsubscribed", suppress=True)

    twilio_wire.misbehaviour = Misbehaviour(says=problem_9457(500, 21610, "Oops"))
    assert a_sender(twilio_wire.url).send(a_message()) == Unknown(code="21610", text="Oops")


def test_a_message_that_failed_at_once_counts_by_its_code(twilio_wire: Wire, twilio_api: Twilio, a_message: Build):
    twilio_api.status, twilio_api.error_code = "failed", 21610
    assert a_sender(twilio_wire.url).send(a_message()) == Refused(code="21610", text="failed", suppress=True)

    twilio_api.error_code = 12345
    assert isinstance(a_sender(twilio_wire.url).send(a_message()), Unknown)


def test_credentials_follow_no_redirect(twilio_wire: Wire, a_message: Build):
    with Wire(Twilio()) as elsewhere:
        twilio_wire.misbehaviour = Misbehaviour(says=Said(302, b"", {"Location": f"{elsewhere.url}/"}))

        a_sender(twilio_wire.url).send(a_message())

        assert elsewhere.heard == []


def test_the_environment_is_not_read(twilio_wire: Wire, a_message: Build, monkeypatch: pytest.MonkeyPatch):
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{refused_port()}")
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "another")

    assert isinstance(a_sender(twilio_wire.url).send(a_message()), Sent)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"messaging_service_sid": SERVICE}, "exactly one"),
        ({"from_": ""}, "exactly one"),
        ({"account_sid": "SK12"}, "account SID"),
        ({"auth_token": ""}, "auth token"),
        ({"base_url": "http://api.twilio.com"}, "https"),
        ({"base_url": "api.twilio.com"}, "https"),
    ],
)
def test_a_wrong_setting_is_said_at_once(fields: dict[str, str], says: str):
    with pytest.raises(ConfigError, match=says):
        a_sender("https://api.twilio.com", **fields)


def test_the_token_is_not_shown():
    assert TOKEN not in repr(a_sender("https://api.twilio.com"))


def test_a_callback_can_ask_what_its_code_means():
    assert judge(400, 30006) == Refused(code="30006", suppress=True)
    assert CODES[30007] == "stop"
    assert CODES.get(30003) is None


def test_a_bug_is_an_answer_too(twilio_wire: Wire, a_message: Build):
    answer = a_sender(twilio_wire.url, timeout=(1, 2, 3)).send(a_message())

    assert isinstance(answer, Unknown)
    assert answer.code == "unreadable"


def test_many_at_a_time_do_not_disturb_each_other(twilio_wire: Wire, a_message: Build):
    sender = a_sender(twilio_wire.url)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: sender.send(a_message(body=f"number {n}")), range(64)))

    assert [answer for answer in answers if not isinstance(answer, Sent)] == []
    assert len(set(answers)) == 64


UNHEARD = Unknown(code="20500", text="Unable to create record: An internal server error has occurred")
LOOKED_FOR = Window(
    attempt=ATTEMPT, channel="sms", to="+12025550123", body="Hello Maria", since=NOON - timedelta(seconds=5),
    until=NOON + timedelta(seconds=137),
)  # fmt: skip


@pytest.mark.parametrize("who", [{}, {"from_": "", "messaging_service_sid": SERVICE}])
def test_a_message_that_may_have_gone_out_is_found(
    who: dict[str, str], twilio_wire: Wire, twilio_api: Twilio, a_message: Build
):
    sender = a_sender(twilio_wire.url, **QUICK, **who)
    twilio_wire.misbehaviour = Misbehaviour(says=HICCUP)
    assert sender.send(a_message()) == UNHEARD
    twilio_wire.misbehaviour = Misbehaviour()
    sid = twilio_api.messages[0]["sid"]
    assert sender.find(LOOKED_FOR) == [Found(provider_id=sid, status="queued", at=NOON, text="Hello Maria")]


def test_only_what_we_sent_to_that_number_in_that_time_is_found(
    twilio_wire: Wire, twilio_api: Twilio, a_message: Build
):
    now = [NOON]
    twilio_api.clock = lambda: now[0]
    sender = a_sender(twilio_wire.url)
    for at, to, who in (
        (-6, "+12025550123", {}), (0, "+12025550199", {}), (0, "+12025550123", {"from_": "+12025550177"}),
        (137, "+12025550123", {}), (138, "+12025550123", {}),
    ):  # fmt: skip
        now[0] = NOON + timedelta(seconds=at)
        a_sender(twilio_wire.url, **who).send(a_message(to=to))
    found = sender.find(LOOKED_FOR)
    assert not isinstance(found, CannotTell)
    assert [m.at for m in found] == [NOON + timedelta(seconds=137)]


def test_a_long_list_is_read_page_by_page_and_not_for_ever(
    twilio_wire: Wire, twilio_api: Twilio, a_message: Build, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("outreach.senders.twilio.PAGE", 2)
    sender = a_sender(twilio_wire.url)
    for _ in range(9):
        sender.send(a_message())
    found = sender.find(LOOKED_FOR)
    assert not isinstance(found, CannotTell)
    assert len({m.provider_id for m in found}) == 9
    for _ in range(2):
        sender.send(a_message())
    assert sender.find(LOOKED_FOR) == CannotTell(text="more than 5 pages of messages to this number")


@pytest.mark.parametrize("how", [Misbehaviour(says=HTML), Misbehaviour(says=HICCUP), Misbehaviour(cut=300),
                                 Misbehaviour(late=5), Misbehaviour(says=Said(200, b"[]"))])  # fmt: skip
def test_a_list_that_cannot_be_had_proves_nothing(how: Misbehaviour, twilio_wire: Wire, a_message: Build):
    sender = a_sender(twilio_wire.url, **QUICK)
    sender.send(a_message())
    twilio_wire.misbehaviour = how
    assert isinstance(sender.find(LOOKED_FOR), CannotTell)
    assert isinstance(a_sender(f"http://127.0.0.1:{refused_port()}").find(LOOKED_FOR), CannotTell)


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        ("sent", 0, News(status="sent", provider_id="SM1")),
        ("read", 0, News(status="delivered", provider_id="SM1")),
        ("undelivered", 30003, News(status="undelivered", provider_id="SM1", code="30003")),
        ("undelivered", 30005, News(status="undelivered", provider_id="SM1", code="30005", suppress=True)),
        ("receiving", 0, None),
    ],
)
def test_what_a_status_callback_says(status: str, code: int, told: News | None):
    assert news_of("SM1", status, code) == told


@pytest.mark.parametrize(("asked", "told"), [(600, "600"), (0, "1"), (-5, "1"), (99_999, "14400"), (None, "14400")])
def test_a_message_says_how_long_it_may_wait(
    asked: int | None, told: str, twilio_wire: Wire, twilio_api: Twilio, a_message: Build
):
    a_sender(twilio_wire.url).send(a_message(valid_for=asked))
    assert twilio_api.accepted[0]["ValidityPeriod"] == told


@pytest.mark.parametrize(
    "to", ["2025550123", "+1 202 555 0123", "+0123456789", "12345", "+12025550123,+12025550124", "+1\n2"]
)
def test_what_is_no_phone_number_is_not_sent_to(to: str, twilio_wire: Wire, twilio_api: Twilio, a_message: Build):
    assert a_sender(twilio_wire.url).send(a_message(to=to)) == Refused(
        code="no_phone", text="not a phone number in international form (E.164)"
    )
    assert twilio_api.accepted == []
