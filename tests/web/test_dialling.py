"""Call for me: the staff's phone rings first, and the customer's only when a key was pressed there and it may be."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from outreach.desk import outcome
from outreach.desk.deeds import Said
from outreach.errors import ConfigError
from outreach.staff import accounts
from tests.web.callers import PUBLIC, Twilio
from tests.web.crew import cheaply, signed_in, token_of
from tests.web.exchange import HERS, HOUSE, LENAS, Exchange, settings, staff
from tests.web.house import RULES, House, open_house, plain
from tests.wire.server import HICCUP, HTML, Misbehaviour, Wire
from tests.wire.server import Said as Reply

N = re.compile(r'name="n" value="(\d+)"')


def browser(house: House, name: str = "Lena") -> TestClient:
    return signed_in(house, name, base_url=PUBLIC)


def card_of(house: House) -> str:
    [found] = [c.id for c in house.cards() if c.channel == "call"]
    return found


def take(client: TestClient, card: str) -> None:
    answer = client.post(f"/calls/{card}/claim", data={"token": token_of(client)})
    assert answer.status_code == 303, answer.text


def press(client: TestClient, card: str, n: int | str = 0, **headers: str) -> Any:
    which = str(n) if n else (N.findall(client.get(f"/calls/{card}").text) or ["1"])[0]
    return client.post(f"/calls/{card}/dial", data={"token": token_of(client), "n": which}, headers=headers)


def on_card(client: TestClient, card: str) -> str:
    return unescape(plain(client.get(f"/calls/{card}").text))


def decisions(house: House, card: str) -> list[tuple[str, str, Any]]:
    """(code, text, numbers) of what the card's trace says of calls."""
    with house.app.store.reading() as tx:
        found = [r for t in tx.traces.of("maya") if t.follow_up == card for r in t.reasons]
    return [(r.code, r.text, r.numbers) for r in found if r.code.startswith("dial:")]


@pytest.fixture
def lena(phones: House) -> TestClient:
    client = browser(phones)
    take(client, card_of(phones))
    return client


def test_her_phone_rings_first_and_the_customers_when_she_is_there(
    phones: House, exchange: Exchange, lena: TestClient
):  # fmt: skip
    card = card_of(phones)
    assert "Call for me" in on_card(lena, card)
    answer = press(lena, card)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/calls/{card}")
    [placed] = exchange.api.calls.placed
    assert (placed["To"], placed["From"]) == (LENAS, HOUSE)
    assert HERS not in str(placed), "the customer's number leaves the house before anybody is there"
    assert "Maya" not in str(placed), "a mailbox would keep her name"
    assert "Your phone rings: take it" in on_card(lena, card)
    exchange.staff("ringing")
    exchange.staff("in-progress")
    assert exchange.dialled == []
    dial = exchange.key().find("Dial")
    assert dial is not None
    assert dial.attrib["callerId"] == HOUSE
    assert exchange.dialled == [HERS]
    exchange.customer("ringing")
    exchange.customer("in-progress")
    assert "You are connected" in on_card(lena, card)
    exchange.customer("completed", CallDuration="95")
    exchange.staff("completed", CallDuration="110")
    told = on_card(lena, card)
    assert "The call is over after 1 min 35 s." in told
    codes = [code for code, _, _ in decisions(phones, card)]
    assert codes == [
        "dial:asked", "dial:phoning", "dial:picked_up", "dial:going", "dial:ringing", "dial:talking", "dial:ended",
    ]  # fmt: skip
    assert all(numbers["by"] == "Lena" for _, _, numbers in decisions(phones, card))
    assert decisions(phones, card)[-1][2] == {"by": "Lena", "result": "completed", "seconds": 95}


CAME = {
    "no-answer": ("didn't pick up", "s-no_answer"), "busy": ("line was busy", "s-no_answer"),
    "failed": ("can't be reached", ""), "completed": ("over after 40 s", "s-reached"),
}  # fmt: skip


def test_what_came_of_it_suggests_an_outcome_and_records_none(phones: House, exchange: Exchange, lena: TestClient):
    card = card_of(phones)
    for status, (said, suggested) in CAME.items():
        press(lena, card)
        exchange.key()
        exchange.customer(status, CallDuration="40" if status == "completed" else "0")
        page = lena.get(f"/calls/{card}").text
        assert said in unescape(page)
        assert re.findall(r'class="suggested" id="(s-\w+)"', page) == ([suggested] if suggested else [])
    assert [c.id for c in phones.cards()] == [card]


def test_pressing_twice_places_one_call(phones: House, exchange: Exchange, lena: TestClient):
    card = card_of(phones)
    assert {press(lena, card, 1).status_code for _ in range(3)} == {303}  # a double click, a page loaded anew
    assert exchange.rung == [LENAS]
    again = press(lena, card, 2)
    assert again.status_code == 409
    assert "under way" in again.text
    assert exchange.rung == [LENAS]
    exchange.key()
    exchange.customer("busy")
    assert press(lena, card, 1).status_code == 303  # still the first
    assert exchange.rung == [LENAS]
    assert press(lena, card).status_code == 303
    assert exchange.rung == [LENAS, LENAS]


def test_a_call_whose_end_was_never_told_is_asked_about(phones: House, exchange: Exchange, lena: TestClient):
    card = card_of(phones)
    press(lena, card)
    exchange.key()
    assert press(lena, card, 2).status_code == 409
    exchange.api.calls.calls[0]["status"] = "completed"
    assert press(lena, card, 2).status_code == 303
    assert exchange.rung == [LENAS, LENAS]


def test_whose_card_it_is_not_calls_nobody(phones: House, exchange: Exchange, lena: TestClient):
    card, ben = card_of(phones), browser(phones, "Ben")
    refused = press(ben, card, 1)
    assert (refused.status_code, "Lena has this card open" in refused.text) == (409, True)
    assert "Call for me" not in on_card(ben, card)
    phones.clock.instant += timedelta(minutes=11)  # her claim has run out
    assert "take it, then call" in press(lena, card, 1).text
    assert browser(phones, "Mark").post(f"/calls/{card}/dial").status_code == 403
    assert exchange.rung == []


def test_a_forged_form_calls_nobody(phones: House, exchange: Exchange, lena: TestClient):
    answer = lena.post(f"/calls/{card_of(phones)}/dial", data={"token": "no", "n": "1"})
    assert answer.status_code == 403
    assert exchange.rung == []


def _paused(house: House) -> None:
    with house.app.store.writing() as tx:
        tx.house.pause("*", house.clock.now(), "Ada")


def _rule_paused(house: House) -> None:
    with house.app.store.writing() as tx:
        tx.house.pause("haircut-next-day", house.clock.now(), "Ada")


def _stop(house: House) -> None:
    with house.app.store.writing() as tx:
        tx.customers.suppress([tx.customers.key(HERS)], "call", "asked", house.clock.now())


def _done(house: House) -> None:
    assert outcome(house.app.engine, card_of(house), Said(outcome="reached", by="Lena")).ok


def _expired(house: House) -> None:
    house.clock.instant += timedelta(days=4)


STOPS = {
    "paused": (_paused, "Everything is paused"), "its rule paused": (_rule_paused, "is paused: leave this call"),
    "she refused": (_stop, "not to be contacted"), "done": (_done, "was done already"),
    "expired": (_expired, "worth something until"),
}  # fmt: skip


@pytest.mark.parametrize(("stop", "words"), STOPS.values(), ids=STOPS)
def test_what_stops_a_call_before_it_is_placed(
    phones: House, exchange: Exchange, lena: TestClient, stop: Any, words: str
):
    card = card_of(phones)
    stop(phones)
    if stop is _expired:  # she came in and took it before anybody looked
        lena = browser(phones)
        take(lena, card)
    answer = press(lena, card, 1)
    assert 400 <= answer.status_code < 500
    assert words in answer.text
    assert exchange.rung == []


@pytest.mark.parametrize(("stop", "words"), [STOPS[n] for n in ("paused", "she refused", "done")])
def test_what_comes_between_ringing_and_the_key_stops_it_too(
    phones: House, exchange: Exchange, lena: TestClient, stop: Any, words: str
):
    card = card_of(phones)
    press(lena, card)
    stop(phones)
    said = exchange.key()
    assert said.find("Hangup") is not None
    assert words in (said.findtext("Say") or "")
    assert exchange.dialled == []
    assert decisions(phones, card)[-1][0] == "dial:ended"


def test_hours_that_closed_refuse_with_what_to_do(tmp_path: Path, wire: Wire, monkeypatch: pytest.MonkeyPatch):
    cheaply(monkeypatch)
    open_till = RULES + "  hours: {call: {mon-sun: '10:00-18:00'}}\n"
    phones = open_house(tmp_path, rulebook=open_till, **settings(wire))
    staff(phones)
    phones.clock.instant = phones.clock.now().replace(hour=23, minute=30)  # half past six in New York
    card, lena = card_of(phones), browser(phones)
    take(lena, card)
    answer = press(lena, card, 1)
    assert answer.status_code == 409
    assert "Snooze it until Wed 4 Nov 10:00" in answer.text
    assert wire.heard == []
    phones.app.store.engine.dispose()


ERRORS = {
    "a number that isn't one": (400, 21211, "correct it under your name"),
    "a country that is closed": (400, 21215, "Geo permissions"), "credentials": (401, 20003, "tell an administrator"),
    "too many": (429, 20429, "try again in a minute"), "something new": (400, 29999, "Twilio says no"),
}  # fmt: skip


def test_twilios_no_is_words_on_the_card(phones: House, exchange: Exchange, lena: TestClient):
    card = card_of(phones)
    for status, code, words in ERRORS.values():
        exchange.api.calls.codes[LENAS] = (status, code)
        assert press(lena, card).status_code == 303
        page = lena.get(f"/calls/{card}").text
        assert words in page
        assert LENAS not in page
        assert f'href="tel:{HERS}"' in page
        assert "Call for me" in page
        phones.clock.instant += timedelta(seconds=1)
    exchange.api.calls.codes.clear()
    assert press(lena, card).status_code == 303  # and it may be tried again
    assert exchange.rung == [LENAS]


SILENCES = {
    "500": Misbehaviour(says=HICCUP), "a hotel's wifi": Misbehaviour(says=HTML),
    "a line that drops": Misbehaviour(cut=0), "an empty yes": Misbehaviour(says=Reply(201)),
    "no call in it": Misbehaviour(says=Reply(201, b"{}")),
}  # fmt: skip


@pytest.mark.parametrize("how", SILENCES.values(), ids=SILENCES)
def test_silence_never_rings_twice(
    phones: House, exchange: Exchange, wire: Wire, lena: TestClient, how: Misbehaviour
):  # fmt: skip
    """The call was placed all the same: she can take it, and until she might no other is placed."""
    card, wire.misbehaviour = card_of(phones), how
    assert press(lena, card).status_code == 303
    wire.misbehaviour = Misbehaviour()
    assert "if your phone rings, take it" in on_card(lena, card)
    assert press(lena, card, 2).status_code == 409
    assert exchange.key().find("Dial") is not None
    assert exchange.dialled == [HERS]


def test_news_in_any_order_and_twice_end_alike(phones: House, exchange: Exchange, lena: TestClient):
    card = card_of(phones)
    press(lena, card)
    exchange.key()
    exchange.staff("completed")
    for status in ("no-answer", "ringing", "no-answer"):
        assert exchange.customer(status).status_code == 200
    exchange.staff("ringing")
    assert [code for code, _, _ in decisions(phones, card)][-2:] == ["dial:ended", "dial:ended"]
    assert "didn't pick up" in on_card(lena, card)


def test_nobody_at_the_staffs_end_dials_nobody(phones: House, exchange: Exchange, lena: TestClient):
    card = card_of(phones)
    press(lena, card)
    exchange.staff("in-progress")  # her mailbox took it
    exchange.staff("completed")
    assert exchange.dialled == []
    assert "Nobody pressed a key" in on_card(lena, card)
    assert exchange.key().find("Dial") is None  # and that call is over


def test_strangers_callbacks_are_nothing(phones: House, exchange: Exchange, lena: TestClient):
    card = card_of(phones)
    press(lena, card)
    before = decisions(phones, card)
    for path in (f"/hooks/twilio/bridge?card={card}&n=1", f"/hooks/twilio/call?card={card}&n=1"):
        fields = {"CallSid": exchange.api.calls.sid(), "CallStatus": "completed"}
        assert phones.guest(base_url=PUBLIC).post(path, data=fields).status_code == 403
    with pytest.raises(AssertionError, match="Not signed"):
        exchange.key(token="another")
    other = {"CallSid": "CA" + "9" * 32, "CallStatus": "in-progress"}
    for query in (f"card={card}&n=7", "card=nobody&n=1", f"card={card}&n=x", "leg=hers"):
        for hook in ("bridge", "call"):
            answer = Twilio(phones).call(f"/hooks/twilio/{hook}?{query}", other)
            assert (answer.status_code, HERS in answer.text) == (200, False)
    assert HERS not in Twilio(phones).call(f"/hooks/twilio/bridge?card={card}&n=1", other).text
    assert Twilio(phones).call(f"/hooks/twilio/call?card={card}&n=1", {"CallSid": "x"}).status_code == 400
    assert decisions(phones, card) == before


def test_her_phone_is_told_nowhere(
    phones: House, exchange: Exchange, lena: TestClient, caplog: pytest.LogCaptureFixture
):  # fmt: skip
    caplog.set_level(logging.DEBUG)
    card, ada = card_of(phones), browser(phones, "Ada")
    press(lena, card)
    exchange.key()
    exchange.customer("completed", CallDuration="4")
    pages = ["/", f"/calls/{card}", "/customers/maya", "/accounts", "/sent", "/list.csv", "/list.ics", "/manager"]
    for path in pages:
        assert LENAS[2:] not in ada.get(path).text, path
    assert "ends in 77" in ada.get("/accounts").text
    assert LENAS[1:] in lena.get("/me").text
    with phones.app.store.reading() as tx:
        assert LENAS[2:] not in str(tx.access.accounts())
        assert LENAS[2:] not in str(tx.cards.of(["maya"]))
    said = "\n".join(f"{r.getMessage()} {r.exc_info}" for r in caplog.records if r.name != "httpx")
    assert LENAS[2:] not in said
    assert HERS[2:] not in said


def test_a_phone_of_ones_own(phones: House, lena: TestClient):
    def keep(client: TestClient, path: str, phone: str) -> Any:
        return client.post(path, data={"token": token_of(client), "phone": phone})

    assert keep(lena, "/me/phone", "+1 (202) 555-0166").status_code == 200
    assert accounts.find(phones.app.store, "Lena").phone == "+12025550166"
    wrongs = {"2025550166": "begin the number", "+1202": "short", "+19005550166": "costs", "+1 x": "letters"}
    for wrong, words in wrongs.items():
        refused = keep(lena, "/me/phone", wrong)
        assert (refused.status_code, words.lower() in refused.text.lower()) == (422, True), wrong
    assert accounts.find(phones.app.store, "Lena").phone == "+12025550166"
    keep(lena, "/me/phone", "")
    assert accounts.find(phones.app.store, "Lena").phone == ""
    assert "Call for me" not in on_card(lena, card_of(phones))
    assert "Give your phone" in press(lena, card_of(phones), 1).text
    ada = browser(phones, "Ada")
    assert keep(ada, "/accounts/Lena/phone", "+12025550155").status_code == 303
    assert accounts.find(phones.app.store, "Lena").phone == "+12025550155"
    accounts.remove(phones.app.store, "Lena")
    with phones.app.store.reading() as tx:
        assert [a.phone for a in tx.access.accounts() if a.name == "Lena"] == [""]


def test_a_dry_run_rings_nobody(tmp_path: Path, wire: Wire, monkeypatch: pytest.MonkeyPatch):
    cheaply(monkeypatch)
    house = open_house(tmp_path, **settings(wire, dry_run=True))
    staff(house)
    lena, card = browser(house), card_of(house)
    take(lena, card)
    assert press(lena, card).status_code == 303
    assert "dry run" in on_card(lena, card)
    assert wire.heard == []
    house.app.store.engine.dispose()


def test_without_a_number_of_the_houses_nothing_is_shown(staffed: House):
    ada, card = signed_in(staffed, "Ada"), card_of(staffed)
    take(ada, card)
    for path in (f"/calls/{card}", "/me", "/accounts"):
        assert not re.search(r"Call for me|/phone|[Yy]our phone", ada.get(path).text), path
    assert "put through" in press(ada, card, 1).text


@pytest.mark.parametrize(("lacks", "says"), [
    ({"TWILIO_ACCOUNT_SID": ""}, "TWILIO_ACCOUNT_SID"), ({"TWILIO_AUTH_TOKEN": ""}, "TWILIO_AUTH_TOKEN"),
    ({"public_url": ""}, "OUTREACH_PUBLIC_URL"), ({"twilio_voice_from": "12"}, "OUTREACH_TWILIO_VOICE_FROM"),
])  # fmt: skip
def test_half_a_configuration_says_what_is_missing(tmp_path: Path, wire: Wire, lacks: dict[str, Any], says: str):
    with pytest.raises(ConfigError, match=says):
        open_house(tmp_path, **settings(wire, **lacks))


def test_a_page_that_stays_is_answered_in_json(phones: House, exchange: Exchange, lena: TestClient):
    card, quick = card_of(phones), {"accept": "application/json"}
    told = press(lena, card, 1, **quick)
    words = "Your phone rings: take it and press any key."
    assert told.json() == {"words": words, "under_way": True, "n": 2, "suggests": ""}
    refused = press(lena, card, 2, **quick)
    assert (refused.status_code, "under way" in refused.json()["words"]) == (409, True)
    exchange.key()
    exchange.customer("busy")
    assert lena.get(f"/calls/{card}/dial").json()["suggests"] == "no_answer"
