"""Canaries in every input, a real server with real failures, and then a search for them wherever something is told."""

from __future__ import annotations

import io
import json
import logging
import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest

from outreach import logs
from outreach.bootstrap import open_app, open_store
from outreach.errors import DatabaseError, spoken
from outreach.settings import Settings
from tests.operation.canaries import (
    GUESS,
    HOUSE_KEY,
    KEY,
    MAIL,
    NAME,
    NOTE,
    OTHER,
    PERSONAL,
    PHONE,
    SECRET,
    SECRETS,
    SENDGRID_KEY,
    SMTP,
    STREET,
    TWILIO_TOKEN,
    spotted,
    told_by_providers,
    told_by_readers,
    told_by_staff,
)  # fmt: skip
from tests.scheduler.house import found
from tests.scheduler.workers import Processes, environment, outreach, processes
from tests.web.callers import PUBLIC, public_key
from tests.wire.sendgrid import SendGrid
from tests.wire.server import Misbehaviour, Said, Wire, refused_port
from tests.wire.twilio import ACCOUNT, Twilio

RULES = """\
rules:
  now:
    on: ping
    purpose: transactional
    steps:
      - sms: {at: immediately, valid_for: 1 hour, template: hello}
      - email: {at: immediately, valid_for: 1 hour, template: hello}
      - call: {at: immediately, valid_for: 1 hour, script: hello}
  list:
    on: pong
    purpose: transactional
    steps:
      - call: {at: immediately, valid_for: 1 hour, script: plain}
cadence: {min_gap: 0 minutes, caps: [], hours: {}, laws: [], holidays: none, unknown_timezone: business}
calendars:
  business: {days: mon-sun, timezone: UTC}
"""
TEMPLATES = {
    "hello.sms.txt": "canarytemplate {{ customer.first_name }}, {{ event.text }}",
    "hello.email.md": "---\nsubject: canarytemplate {{ customer.first_name }}\n---\nHello {{ event.text }}.\n",
    "plain.call.md": "Say hello.\n",
    "hello.call.md": "canarytemplate: say {{ event.missing }}\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    house = found(tmp_path / "house")
    (house / "rules" / "all.yaml").write_text(RULES)
    (house / "rules" / "fields.yaml").write_text("events: {ping: [text, missing]}\n")
    for name, text in TEMPLATES.items():
        (house / "templates" / name).write_text(text)
    return house


def line(number: int, **more: object) -> dict[str, object]:
    now = datetime.now(UTC).isoformat()
    return {"id": f"e{number}", "type": "ping", "customer": "c1", "time": now, "data": {"text": NOTE}} | more


def customer(id_: str, **more: object) -> str:
    known = {"id": id_, "first_name": NAME, "last_name": STREET, "email": MAIL, "phone": PHONE, "timezone": "UTC"}
    return json.dumps(known | more)


@pytest.fixture
def providers() -> Iterator[tuple[Wire, Wire]]:
    with Wire(Twilio()) as sms, Wire(SendGrid()) as mail:
        yield sms, mail


def everything_asked(url: str, folder: Path, sms: Wire, mail: Wire) -> tuple[list[str], list[str]]:
    """Every kind of request, good and bad; what is told to everybody, and what to people who may see customers."""
    public, inside = [], []
    with httpx2.Client(base_url=url, trust_env=False, headers={"connection": "close"}) as client:
        for event in (
            line(1),
            line(2, customer=NAME),
            line(3, data={"text": "canarybody"}),
            line(4, time="canarybody"),
        ):
            client.post("/v1/events", json=event, headers=KEY)
        for number in (8, 9):
            client.post("/v1/events", json=line(number, type="pong"), headers=KEY)
        answers = told_by_staff(client)
        assert {r.status_code for r in answers} >= {200, 404, 409, 422}
        inside += [r.text for r in answers]
        reply = line(5, type="message.received", data={"channel": "sms", "from": PHONE, "text": NOTE})
        client.post("/v1/events", json=reply, headers=KEY)
        client.post("/v1/events", content=b'{"canarybody', headers=KEY)
        deadline = time.monotonic() + 10
        while (not sms.heard or not mail.heard) and time.monotonic() < deadline:
            time.sleep(0.05)
        public += [client.get(p).text for p in ("/healthz", "/readyz", "/openapi.json", "/login", "/", "/nothing")]
        public.append(client.get("/", headers={"authorization": "Bearer " + GUESS}).text)
        public.append(client.post("/v1/events", json=line(6), headers={"authorization": f"Bearer {GUESS}"}).text)
        for path in (f"/customers/{NAME}", f"/customers/{quote(PHONE)}", f"/u/{HOUSE_KEY}", f"/sent?after={NAME}"):
            public.append(client.get(path).text)
        client.post("/login", data={"name": NAME, "password": GUESS, "token": ""})
        client.post("/calls/e1/outcome", data={"note": NOTE, "outcome": "reached", "by": NAME})
        client.post("/v1/calls/nobody/outcome", json={"outcome": "canarybody", "note": NOTE}, headers=KEY)
        client.post("/v1/customers/c1/contacts", json={"channel": "canarybody", "note": NOTE}, headers=KEY)
        answers = told_by_providers(client) + told_by_readers(client)
        assert {r.status_code for r in answers} >= {200, 400, 403}
        public += [r.text for r in answers]
        public.append(client.get("/metrics", headers=KEY).text)
        with sqlite3.connect(folder / "outreach.db") as database:  # whatever is decided from here on can't be written
            database.execute("ALTER TABLE trace RENAME COLUMN decision TO gone")
        database.close()
        inside += [client.post("/v1/events", json=line(7), headers=KEY).text]
        inside += [client.get(f"/v1/customers/{c}", headers=KEY).text for c in ("c1", "c2")]
        public += [client.get("/healthz").text, client.get("/readyz").text]
    assert any("Something went wrong" in said for said in inside)
    return public, inside


def test_no_canary_sings(folder: Path, tmp_path: Path, providers: tuple[Wire, Wire]):
    sms, mail = providers
    sms.misbehaviour = Misbehaviour(
        says=Said(400, json.dumps({"code": 21610, "message": f"{PHONE} is {NAME}'s", "status": 400}).encode())
    )
    mail.misbehaviour = Misbehaviour(says=Said(307, b"", {"Location": f"{sms.url}/{MAIL}"}))
    env = environment(
        folder, OUTREACH_SMS="twilio", OUTREACH_TWILIO_FROM="+12125550000", OUTREACH_TWILIO_BASE_URL=sms.url,
        TWILIO_ACCOUNT_SID=ACCOUNT, TWILIO_AUTH_TOKEN=TWILIO_TOKEN, OUTREACH_EMAIL="sendgrid",
        SENDGRID_API_KEY=SENDGRID_KEY, OUTREACH_SENDGRID_HOST=mail.url, OUTREACH_EMAIL_FROM="house@example.com",
        OUTREACH_SECRET=SECRET, OUTREACH_API_KEY=HOUSE_KEY, OUTREACH_SMTP_PASSWORD=SMTP,
        OUTREACH_PUBLIC_URL=PUBLIC, SENDGRID_WEBHOOK_KEY=public_key(),
    )  # fmt: skip
    people = tmp_path / "people.jsonl"
    people.write_text(customer("c1") + "\n" + customer("c2", phone=OTHER, timezone=NAME) + "\n")
    told = [outreach("db", "upgrade", env=env), outreach("customers", "import", str(people), env=env)]
    port = refused_port()
    log = tmp_path / "log"
    with processes(env, log) as started:
        server: Processes | object = started.ready(started.start("serve", "--port", str(port)))
        public, inside = everything_asked(f"http://127.0.0.1:{port}", folder, sms, mail)
        doctor = outreach("doctor", "--json", env=env)
        assert server is not None
    logged = log.read_text()
    assert sms.heard, "the provider must have been asked, or nothing was tried"
    assert mail.heard
    assert len([h for h in sms.heard if h.path.endswith(MAIL)]) == 0, "a redirect was followed"
    assert "ZeroDivision" in logged or "Error" in logged, logged
    everywhere = "\n".join([logged, doctor.stdout, doctor.stderr, *public, *(t.stdout + t.stderr for t in told)])
    assert spotted(everywhere, SECRETS) == []
    assert spotted("\n".join([logged, doctor.stdout, doctor.stderr]), PERSONAL) == []
    echoed = [p for p in public if spotted(p, PERSONAL)]  # to whoever wrote it in the address himself
    assert echoed == []
    assert spotted("\n".join(inside), SECRETS) == []


def test_a_command_that_breaks_says_where_and_not_what(folder: Path, tmp_path: Path):
    env = environment(folder, OUTREACH_SECRET=SECRET, OUTREACH_API_KEY=HOUSE_KEY)
    files = tmp_path / "people.jsonl", tmp_path / "events.jsonl"
    files[0].write_text(customer("c1"))
    files[1].write_text(json.dumps(line(1)))
    for args in (("db", "upgrade"), ("customers", "import", str(files[0]))):
        assert outreach(*args, env=env).returncode == 0
    with sqlite3.connect(folder / "outreach.db") as database:
        database.execute("ALTER TABLE trace RENAME COLUMN decision TO gone")
        database.execute("ALTER TABLE event RENAME COLUMN site TO gone")
    database.close()
    contact = ("contact", "c1", "--channel", "call", "--by", NAME, "--note", NOTE)
    for args in (("ingest", str(files[1])), contact, ("customers", "export", "c1"), ("why", "c1")):
        ran = outreach(*args, env=env)
        assert ran.returncode == 1, ran
        assert "the program ends" in ran.stderr, ran
        assert "OperationalError" in ran.stderr
        assert spotted(ran.stderr, (*PERSONAL, *SECRETS)) == []


def test_the_log_of_a_command_is_masked_and_lasts_as_long_as_it_does(capsys: pytest.CaptureFixture[str]):
    before, log = logging.getLogger().handlers[:], logging.getLogger("outreach.x")
    with logs.brief(lambda: [TWILIO_TOKEN, "abc"]):
        log.info("not told")
        logging.getLogger("twilio.http_client").error("POST %s", NAME)
        log.warning("abc: %s at %s with %s", MAIL, PHONE, TWILIO_TOKEN)
    assert capsys.readouterr().err == f"outreach: abc: {logs.MASK} at {logs.MASK} with {logs.MASK}\n"
    assert logging.getLogger().handlers == before


def test_no_setting_shows_its_secret(folder: Path):
    s = Settings(
        database_url=f"sqlite:///{folder / 'outreach.db'}", rules=folder / "rules", templates=folder / "templates",
        api_key=HOUSE_KEY, secret=SECRET, smtp_password=SMTP, sms="twilio", twilio_from="+12125550000",
        email="sendgrid", email_from="house@example.com", TWILIO_ACCOUNT_SID=ACCOUNT, TWILIO_AUTH_TOKEN=TWILIO_TOKEN,
        SENDGRID_API_KEY=SENDGRID_KEY,
    )  # fmt: skip
    open_store(s, create=True).engine.dispose()
    it = open_app(s)
    for shown in (repr(s), str(s), repr(it), repr(it.engine), repr(it.engine.senders), s.model_dump_json()):
        assert spotted(shown, SECRETS) == []
    away = s.model_copy(update={"database_url": "postgresql://user:canarybody@host/db"})
    assert "canarybody" not in repr(away) + str(away)
    assert set(away.secrets) == {TWILIO_TOKEN, SENDGRID_KEY, HOUSE_KEY, SECRET, SMTP, "canarybody"}
    it.store.engine.dispose()


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The program's own log, as it is set up."""
    out, root = io.StringIO(), logging.getLogger()
    before = root.handlers, root.level, sys.excepthook, logs.threading.excepthook
    monkeypatch.setattr(sys, "stderr", out)
    logs.set_up(secrets=[TWILIO_TOKEN, "abc"])
    yield out
    root.handlers, root.level, sys.excepthook, logs.threading.excepthook = before
    logging.captureWarnings(False)
    for name in logs.SILENT:
        logging.getLogger(name).setLevel(logging.NOTSET)


def test_an_exception_says_where_and_not_what(logged: io.StringIO):
    def deep() -> None:
        try:
            int(NAME)
        except ValueError as error:
            raise KeyError(NOTE) from error

    try:
        deep()
    except KeyError:
        logging.getLogger("outreach.somewhere").exception("it is set aside")
    said = json.loads(logged.getvalue())
    assert said["event"] == "it is set aside"
    assert said["exception"].count("in deep") == 2
    assert said["exception"].rstrip().endswith("KeyError")
    assert "ValueError" in said["exception"]
    assert spotted(logged.getvalue(), PERSONAL) == []


def test_our_own_words_are_kept(logged: io.StringIO):
    try:
        raise DatabaseError("the disk is full")
    except DatabaseError:
        logging.getLogger("outreach.x").exception("not stored")
    assert "DatabaseError: the disk is full" in logged.getvalue()
    assert spoken(DatabaseError("the disk is full")) == "the disk is full"
    assert NAME not in spoken(ValueError(NAME))


def test_what_looks_like_an_address_or_a_key_is_masked(logged: io.StringIO):
    log = logging.getLogger("outreach.x")
    for secret in (
        MAIL, PHONE, quote(PHONE), quote(MAIL), TWILIO_TOKEN, SENDGRID_KEY, "ok_live_0123456789ab_abc-DEF",
        "Basic QUJDOmNhbmFyeQ==", "Bearer canarybearer", "postgresql://user:canary@host/db",
    ):  # fmt: skip
        log.warning("before %s after", secret)
        (said,) = logged.getvalue().splitlines()[-1:]
        assert logs.MASK in said, said
        assert spotted(said, (*PERSONAL, *SECRETS, "QUJDO", "canarybearer", "user:canary", "abc-DEF")) == [], said
        assert "before" in said
        assert "after" in said
    log.warning("try 2 of 3 at 2026-11-03T15:00:04Z, 18 customers, main-4711-abc, abc")
    assert logs.MASK not in logged.getvalue().splitlines()[-1]


@pytest.mark.parametrize("name", ["twilio.http_client", "python_http_client", "urllib3.connectionpool", "httpx"])
def test_what_the_sdks_print_is_not_printed(logged: io.StringIO, name: str):
    logging.getLogger(name).error("POST %s", NAME)
    assert logged.getvalue() == ""


def test_what_ends_the_program_says_no_more(logged: io.StringIO):
    try:
        raise ValueError(NAME)
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    assert "the program ends" in logged.getvalue()
    assert spotted(logged.getvalue(), PERSONAL) == []
