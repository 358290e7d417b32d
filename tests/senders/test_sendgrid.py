"""SendGrid's SDK against a server that speaks SendGrid, well and badly."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from outreach.errors import ConfigError
from outreach.ports import Message, Refused, Sender, Sent, Unknown, Unsent
from outreach.senders.sendgrid import SendGridSender
from tests.senders.conftest import ATTEMPT, QUICK
from tests.wire import specs
from tests.wire.sendgrid import KEY, SendGrid, errors
from tests.wire.server import HTML, Misbehaviour, Said, Wire, refused_port

Build = Callable[..., Message]


def a_sender(url: str, **fields: object) -> SendGridSender:
    values = {"api_key": KEY, "from_email": "hello@shop.example", "from_name": "The Shop", "host": url, **fields}
    return SendGridSender(**values)  # type: ignore[arg-type]


def test_a_mail_goes_out(sendgrid_wire: Wire, sendgrid_api: SendGrid, a_mail: Build):
    sender: Sender = a_sender(sendgrid_wire.url)

    assert sender.send(a_mail(html="<p>Hello Maria</p>")) == Sent(provider_id="sg-1")
    assert sendgrid_api.accepted == [
        {
            "from": {"email": "hello@shop.example", "name": "The Shop"},
            "subject": "Your stay",
            "personalizations": [{"to": [{"email": "maria@example.com"}], "custom_args": {"attempt": ATTEMPT}}],
            "content": [
                {"type": "text/plain", "value": "Hello Maria"},
                {"type": "text/html", "value": "<p>Hello Maria</p>"},
            ],
        }
    ]


def test_what_goes_out_is_what_sendgrid_specifies(sendgrid_wire: Wire, a_mail: Build):
    specs.need("sendgrid_mail_subset")
    sender = a_sender(sendgrid_wire.url, unsubscribe_url=lambda m: f"https://shop.example/u/{m.attempt}")

    assert isinstance(sender.send(a_mail(html="<p>Grüße 🙂</p>", subject="Grüße 🙂")), Sent)


def test_marketing_carries_its_way_out(sendgrid_wire: Wire, sendgrid_api: SendGrid, a_mail: Build):
    sender = a_sender(sendgrid_wire.url, unsubscribe_url=lambda m: f"https://shop.example/u/{m.attempt}")

    sender.send(a_mail(purpose="marketing"))
    sender.send(a_mail(purpose="transactional"))

    assert sendgrid_api.accepted[0]["headers"] == {
        "List-Unsubscribe": f"<https://shop.example/u/{ATTEMPT}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert "headers" not in sendgrid_api.accepted[1]


def test_one_click_needs_https_and_nothing_needs_an_address(sendgrid_wire: Wire, sendgrid_api: SendGrid, a_mail: Build):
    a_sender(sendgrid_wire.url, unsubscribe_url=lambda m: "http://127.0.0.1/u/1").send(a_mail())
    a_sender(sendgrid_wire.url, unsubscribe_url=lambda m: None).send(a_mail())

    assert sendgrid_api.accepted[0]["headers"] == {"List-Unsubscribe": "<http://127.0.0.1/u/1>"}
    assert "headers" not in sendgrid_api.accepted[1]


UNKNOWN = {
    "a late answer": (Misbehaviour(late=20), "timeout"),
    "nothing but a trickle": (Misbehaviour(trickle=0.2), "timeout"),
    "a line that drops at once": (Misbehaviour(cut=0), "disconnected"),
    "a line that is reset": (Misbehaviour(cut=0, reset=True), "disconnected"),
    "a line that drops in the head": (Misbehaviour(cut=10), "garbled"),
    "500 after accepting": (Misbehaviour(says=errors(500, "oops")), "500"),
    "a hotel's wifi": (Misbehaviour(says=HTML), "200"),
    "201": (Misbehaviour(says=Said(201, b"{}")), "201"),
    "a redirect": (Misbehaviour(says=Said(307, b"", {"Location": "/v3/mail/send"})), "307"),
}


@pytest.mark.parametrize(("how", "code"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_may_have_been_sent_is_unknown(
    how: Misbehaviour, code: str, sendgrid_wire: Wire, sendgrid_api: SendGrid, a_mail: Build
):
    limits = QUICK if how.late or how.trickle else {}
    sendgrid_wire.misbehaviour = how

    answer = a_sender(sendgrid_wire.url, **limits).send(a_mail())

    assert isinstance(answer, Unknown)
    assert answer.code == code
    assert (len(sendgrid_wire.heard), len(sendgrid_api.accepted)) == (1, 1)


def test_a_refused_connection_is_unsent(a_mail: Build):
    answer = a_sender(f"http://127.0.0.1:{refused_port()}").send(a_mail())

    assert isinstance(answer, Unsent)
    assert answer.code == "connection_refused"


DATE = "Fri, 13 Nov 2026 15:00:00 GMT"
WAITS = {
    "seconds": ({"Retry_After": "7"}, 7),
    "an instant": ({"Retry_After": "Fri, 13 Nov 2026 15:01:30 GMT", "Date": DATE}, 90),
    "SendGrid's reset": ({"X_RateLimit_Reset": "1794582060", "Date": DATE}, 60),
    "a reset that is past": ({"X_RateLimit_Reset": "1794581000", "Date": DATE}, 0),
    "for ever": ({"Retry_After": "99999999999"}, 86400),
    "an instant, but since when?": ({"X_RateLimit_Reset": "1794582060"}, None),
    "nonsense": ({"Retry_After": "soon", "X_RateLimit_Reset": "later", "Date": DATE}, None),
    "nothing": ({}, None),
}


@pytest.mark.parametrize(("headers", "seconds"), WAITS.values(), ids=WAITS)
def test_too_many_requests_is_unsent_and_says_when(
    headers: dict[str, str], seconds: float | None, sendgrid_wire: Wire, sendgrid_api: SendGrid, a_mail: Build
):
    sendgrid_wire.misbehaviour = Misbehaviour(says=errors(429, "too many requests", **headers), ignore=True)

    answer = a_sender(sendgrid_wire.url).send(a_mail())

    assert answer == Unsent(code="429", text="too many requests", retry_after=seconds, slower=True)
    assert (len(sendgrid_wire.heard), len(sendgrid_api.accepted)) == (1, 0)


REFUSALS = {
    "a wrong key": (errors(401, "authorization required"), False, True),
    "an unverified From": (errors(403, "The from address is not a verified Sender Identity", "from"), False, True),
    "a wrong host": (Said(404), False, True),
    "a bad address": (
        errors(400, "Does not contain a valid address.", "personalizations.0.to.0.email"), True, False
    ),
    "a bad content": (errors(400, "The content value must be a string", "content.0.value"), False, False),
    "a bad request without a reason": (Said(400, b"[1]"), False, False),
    "a bad request with strange reasons": (Said(400, b'{"errors": "none"}'), False, False),
    "too large": (errors(413, "payload too large"), False, False),
}  # fmt: skip


@pytest.mark.parametrize(("said", "suppress", "stop"), REFUSALS.values(), ids=REFUSALS)
def test_a_clear_no_is_refused(
    said: Said, suppress: bool, stop: bool, sendgrid_wire: Wire, sendgrid_api: SendGrid, a_mail: Build
):
    sendgrid_api.blacklist["maria@example.com"] = said

    answer = a_sender(sendgrid_wire.url).send(a_mail())

    assert isinstance(answer, Refused)
    assert (answer.code, answer.suppress, answer.stop_sender) == (str(said.status), suppress, stop)
    assert len(sendgrid_wire.heard) == 1


HEADERS = [
    {"subject": "Hello\r\nBcc: everyone@example.com"},
    {"subject": "Hello\nX: y"},
    {"to": "maria@example.com\r\nBcc: everyone@example.com"},
    {"to": "maria@example.com, everyone@example.com"},
    {"to": "Maria <maria@example.com>"},
    {"to": "maria"},
    {"to": "märia@example.com"},
    {"body": "  \n"},
]


@pytest.mark.parametrize("fields", HEADERS)
def test_a_mail_that_could_be_broken_open_is_refused_here(fields: dict[str, str], sendgrid_wire: Wire, a_mail: Build):
    answer = a_sender(sendgrid_wire.url).send(a_mail(**fields))

    assert isinstance(answer, Refused)
    assert answer.code == "bad_message"
    assert sendgrid_wire.heard == []


def test_a_fault_in_making_the_unsubscribe_address_is_an_answer_too(sendgrid_wire: Wire, a_mail: Build):
    def broken(message: Message) -> str:
        raise KeyError("no secret")

    assert isinstance(a_sender(sendgrid_wire.url, unsubscribe_url=broken).send(a_mail()), Refused)
    assert isinstance(
        a_sender(sendgrid_wire.url, unsubscribe_url=lambda m: "https://x/\r\nX: y").send(a_mail()), Refused
    )


def test_the_key_follows_no_redirect(sendgrid_wire: Wire, a_mail: Build):
    with Wire(SendGrid()) as elsewhere:
        sendgrid_wire.misbehaviour = Misbehaviour(says=Said(302, b"", {"Location": f"{elsewhere.url}/"}))

        a_sender(sendgrid_wire.url).send(a_mail())

        assert elsewhere.heard == []


def test_the_sdks_logger_has_nothing_to_tell(sendgrid_wire: Wire, a_mail: Build, caplog: pytest.LogCaptureFixture):
    sender = a_sender(sendgrid_wire.url)
    logger = logging.getLogger("python_http_client")
    assert logger.level == logging.WARNING

    # Even turned up on purpose it cannot show the key: the key is added beneath the SDK.
    with caplog.at_level(logging.DEBUG, "python_http_client.client"):
        sender.send(a_mail(to="somebody@example.com"))
    assert "HEADERS" in caplog.text
    assert KEY not in caplog.text


def test_the_environment_is_not_read(sendgrid_wire: Wire, a_mail: Build, monkeypatch: pytest.MonkeyPatch):
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{refused_port()}")
    monkeypatch.setenv("SENDGRID_API_KEY", "another")

    assert isinstance(a_sender(sendgrid_wire.url).send(a_mail()), Sent)


@pytest.mark.parametrize(
    ("fields", "says"),
    [({"api_key": " "}, "API key"), ({"from_email": "shop"}, "From"), ({"host": "http://api.sendgrid.com"}, "https")],
)
def test_a_wrong_setting_is_said_at_once(fields: dict[str, str], says: str):
    with pytest.raises(ConfigError, match=says):
        a_sender("https://api.sendgrid.com", **fields)


def test_the_key_is_not_shown():
    assert KEY not in repr(a_sender("https://api.sendgrid.com"))


def test_a_bug_is_an_answer_too(sendgrid_wire: Wire, a_mail: Build):
    answer = a_sender(sendgrid_wire.url, timeout=(1, 2, 3)).send(a_mail())

    assert isinstance(answer, Unknown)
    assert answer.code == "unreadable"


def test_many_at_a_time_do_not_disturb_each_other(sendgrid_wire: Wire, a_mail: Build):
    sender = a_sender(sendgrid_wire.url)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: sender.send(a_mail(body=f"number {n}")), range(64)))

    assert [answer for answer in answers if not isinstance(answer, Sent)] == []
    assert len(set(answers)) == 64
