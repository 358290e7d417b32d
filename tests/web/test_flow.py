"""The flow by plain forms: take, say, go on, take back; and what a stale, wrong or second form does."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from outreach.core.customer import Customer
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from tests.web.house import MONDAY, House, haircut, plain, read_only
from tests.web.staff import crowd

NASTY = "<script>alert('x')</script>"
HOUR = timedelta(hours=1)


class Browser:
    """Somebody's browser: it keeps its cookies and sends the forms of our pages."""

    def __init__(self, house: House, name: str = ""):
        self.house, self.name = house, name
        self.client = TestClient(
            house.web, base_url="http://localhost", client=("127.0.0.1", 1), follow_redirects=False,
            raise_server_exceptions=False,
        )  # fmt: skip

    def post(self, path: str, **fields: str) -> Any:
        return self.client.post(path, data={"token": self.house.token, "by": self.name} | fields)

    def next(self, **fields: str) -> str:
        return card_in(self.post("/next", **fields))

    def page(self, path: str) -> str:
        return html.unescape(plain(self.client.get(path).text))


def card_in(answer: Any) -> str:
    assert answer.status_code == 303, answer.text
    found = re.match(r"/calls/(\w+)", answer.headers["location"])
    return found[1] if found else ""


def state(house: House, card: str) -> FollowUp:
    with house.app.store.reading() as tx:
        found = tx.follow_ups.named(card)
    assert found is not None
    return found


def notes(house: House, customer: str) -> list[str]:
    with house.app.store.reading() as tx:
        return [e.data["note"] for e in tx.events.history([customer], ["note.added"]).get(customer, [])]


@pytest.fixture
def three(house: House) -> House:
    crowd(house, 3)
    return house


def test_one_after_the_other_until_nothing_is_left(three: House):
    lena = Browser(three, "Lena")
    first = lena.next()
    answer = lena.post(f"/calls/{first}/outcome", outcome="reached", note="Fine.", go="next")
    second = card_in(answer)
    assert second not in ("", first)
    assert f"said=reached&after={first}" in answer.headers["location"]
    page = lena.page(answer.headers["location"])
    assert "Recorded: Reached" in page
    assert "You have this card" in page
    assert "1 of 3" in page
    third = card_in(lena.post(f"/calls/{second}/outcome", outcome="no_answer", go="next"))
    last = lena.post(f"/calls/{third}/outcome", outcome="reached", go="next")
    assert last.headers["location"] == f"/next?said=reached&after={third}"
    assert "Nothing is left" in lena.page(last.headers["location"])
    assert (state(three, first).note, state(three, first).outcome_by) == ("Fine.", "Lena")


def test_the_flow_keeps_to_one_persons_list(house: House):
    stay = Event(id="s1", type="stay.booked", customer="maya", time=MONDAY, data={"room": 7})
    house.happens(stay, haircut())
    lena = Browser(house, "Lena")
    card = lena.next(assign="housekeeping")
    assert state(house, card).channel == "task"
    last = lena.post(f"/calls/{card}/outcome", outcome="done", go="next", assign="housekeeping")
    assert last.headers["location"] == f"/next?said=done&after={card}&assign=housekeeping"


def test_looking_at_a_card_takes_nothing(three: House):
    card = three.cards()[0].id
    assert "Nobody has this card" in Browser(three).page(f"/calls/{card}")
    assert "3 cards wait" in Browser(three).page("/next")
    assert [c.holder for c in three.cards()] == ["", "", ""]


def test_two_people_and_guests_without_a_name_never_hold_the_same(three: House):
    cards = [Browser(three, name).next() for name in ("Lena", "", "")]
    assert len(set(cards)) == 3
    assert "Nothing is left" in Browser(three, "Tom").page(Browser(three, "Tom").post("/next").headers["location"])


def test_somebody_elses_card_says_who_and_keeps_the_note(three: House):
    card = Browser(three, "Lena").next()
    tom = Browser(three, "Tom")
    page = tom.page(f"/calls/{card}")
    assert "Lena has this card open since Tue 3 Nov 12:00" in page
    assert "free again at Tue 3 Nov 12:10" in page
    assert "Lena has it" in tom.page("/")
    answer = tom.post(f"/calls/{card}/outcome", outcome="reached", note="She rang me.")
    assert answer.status_code == 409
    assert "Lena" in html.unescape(plain(answer.text))
    assert notes(three, state(three, card).customer) == ["reached: She rang me."]
    assert state(three, card).state == "listed"


def test_an_expired_claim_is_anothers_and_the_note_is_kept_all_the_same(three: House):
    lena, tom = Browser(three, "Lena"), Browser(three, "Tom")
    card = lena.next()
    three.clock.instant += timedelta(minutes=11)
    assert tom.post(f"/calls/{card}/claim").headers["location"] == f"/calls/{card}"
    answer = lena.post(f"/calls/{card}/outcome", outcome="reached", note="Precious")
    assert answer.status_code == 409
    assert "kept as a note" in answer.text
    assert notes(three, state(three, card).customer) == ["reached: Precious"]


def test_whoever_gives_a_name_late_is_the_same_person(busy: House):
    guest = Browser(busy)
    card = guest.next()
    guest.name = "Lena"
    assert guest.post(f"/calls/{card}/outcome", outcome="reached").status_code == 303
    assert state(busy, card).outcome_by == "Lena"


def test_taking_back_gives_the_card_and_frees_the_one_that_came_after(three: House):
    lena = Browser(three, "Lena")
    first = lena.next()
    second = card_in(lena.post(f"/calls/{first}/outcome", outcome="do_not_call", go="next"))
    answer = lena.post(f"/calls/{first}/undo", open=second)
    assert answer.headers["location"] == f"/calls/{first}?said=undone&after={first}"
    assert "You have this card" in lena.page(answer.headers["location"])
    assert {c.id: c.holder for c in three.cards()}[second] == ""


def test_taking_back_too_late_is_said(three: House):
    lena = Browser(three, "Lena")
    first = lena.next()
    lena.post(f"/calls/{first}/outcome", outcome="reached")
    three.clock.instant += timedelta(minutes=11)
    answer = lena.post(f"/calls/{first}/undo")
    assert answer.status_code == 409
    assert "Too late to take back" in answer.text


def test_a_call_back_on_her_own_clock(house: House):
    house.people(Customer(id="zoe", first_name="Zoe", phone="+33142685300", timezone="Europe/Paris", country="FR"))
    house.happens(haircut("zoe"))
    card = house.cards()[0]
    assert card.zone == "Europe/Paris"
    form = {"at": "2026-11-04T15:00", "zone": "Europe/Paris", "whose": "me"}
    assert Browser(house, "Lena").post(f"/calls/{card.id}/call-back", **form).status_code == 303
    with house.app.store.reading() as tx:
        ahead = tx.follow_ups.open_of(["zoe"])["zoe"]
    assert [(f.due.isoformat(), f.assign) for f in ahead] == [("2026-11-04T14:00:00+00:00", "Lena")]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "When?"), ({"at": "soon"}, "When?"), ({"at": "1999-01-01T00:00"}, "When?"), ({"pick": "never"}, "no time"),
        ({"at": "2026-11-02T09:00"}, "past"), ({"at": "2026-11-04T15:00", "zone": NASTY}, ""),
    ],
)  # fmt: skip
def test_a_call_back_at_no_time_loses_nothing(busy: House, form: dict[str, str], said: str):
    card = busy.cards()[0].id
    answer = Browser(busy, "Lena").post(f"/calls/{card}/call-back", note="Precious", whose="me", **form)
    assert answer.status_code == (422 if said else 303)
    if said:
        assert said in answer.text
        assert "Precious</textarea>" in answer.text
        assert 'name="whose" value="me"' in answer.text
        assert NASTY not in answer.text


def test_snoozing_by_a_button_or_until_a_time(three: House):
    lena = Browser(three, "Lena")
    first = lena.next()
    second = card_in(lena.post(f"/calls/{first}/snooze", pick="1h", note="In a meeting.", go="next"))
    assert (state(three, first).state, state(three, first).wake) == ("scheduled", three.clock.instant + HOUR)
    assert notes(three, state(three, first).customer) == ["In a meeting."]
    assert lena.post(f"/calls/{second}/snooze", later="2026-11-03T15:00").status_code == 303
    assert state(three, second).wake == MONDAY + timedelta(days=1, hours=5)
    assert lena.post(f"/calls/{second}/undo").headers["location"] == f"/?said=undone_soon&after={second}"
    three.app.engine.dispatch()
    assert state(three, second).state == "listed"


def test_a_snooze_beyond_the_cards_worth_is_refused_with_its_end(busy: House):
    card = busy.cards()[0].id
    answer = Browser(busy, "Lena").post(f"/calls/{card}/snooze", later="2026-11-20T10:00", note="Precious")
    assert answer.status_code == 422
    assert "Precious</textarea>" in answer.text


def test_skipping_giving_back_and_calling_off(three: House):
    lena = Browser(three, "Lena")
    first = lena.next()
    second = card_in(lena.post(f"/calls/{first}/skip", go="next"))
    third = card_in(lena.post(f"/calls/{second}/cancel", note="She told me in the shop.", go="next"))
    assert state(three, second).state == "cancelled"
    stop = lena.post(f"/calls/{third}/release")
    assert stop.headers["location"] == f"/?said=released&after={third}"
    assert [c.holder for c in three.cards()] == ["", ""]
    assert lena.next() == third  # the skipped one is the last
    assert lena.post(f"/calls/{third}/cancel", run="1").headers["location"].startswith("/?said=cancelled_run")
    assert lena.next() == first


def test_a_page_that_stays_open_renews_its_claim_quietly(busy: House):
    lena, card = Browser(busy, "Lena"), busy.cards()[0].id
    asked = {"accept": "application/json"}
    form = {"token": busy.token, "by": "Lena"}
    told = lena.client.post(f"/calls/{card}/claim", data=form, headers=asked).json()
    assert (told["status"], told["until"]) == ("done", "2026-11-03T17:10:00+00:00")
    told = Browser(busy).client.post(f"/calls/{card}/claim", data=form | {"by": "Tom"}, headers=asked).json()
    assert (told["status"], told["code"]) == ("refused", "held")


@pytest.mark.parametrize(
    "deed", ["outcome", "call-back", "snooze", "skip", "release", "cancel", "undo", "note", "claim"]
)
def test_stale_unknown_and_failing_forms_lose_no_note(busy: House, deed: str):
    card, lena = busy.cards()[0].id, Browser(busy, "Lena")
    form = {"outcome": "reached", "pick": "1h", "note": f"Precious {NASTY}"}
    stale = lena.post(f"/calls/{card}/{deed}", token="of-before", **form)
    assert stale.status_code == 403
    assert f"Precious {html.escape(NASTY)}</textarea>" in stale.text.replace("&#39;", "&#x27;")
    unknown = lena.post(f"/calls/nothing/{deed}", **form)
    assert unknown.status_code in ((303, 404) if deed in ("release", "note") else (404,))
    with read_only(busy):
        failing = lena.post(f"/calls/{card}/{deed}", **form)
    assert failing.status_code in ((503, 409) if deed == "undo" else (503,))
    assert NASTY not in stale.text + unknown.text + failing.text
    assert state(busy, card).state == "listed"


def test_a_ten_kilobyte_note_from_a_second_tab(busy: House):
    card, lena = busy.cards()[0].id, Browser(busy, "Lena")
    long = "äöü " * 2500
    assert lena.post(f"/calls/{card}/note", note=long).status_code == 303
    assert lena.post(f"/calls/{card}/outcome", outcome="reached", note=long).status_code == 303
    late = lena.post(f"/calls/{card}/outcome", outcome="no_answer", note=long)
    assert late.status_code == 404
    assert "kept as a note" in late.text
    assert notes(busy, "maya") == [long.strip(), f"no answer: {long.strip()}"]


def test_a_note_and_a_memory_on_the_customers_page(busy: House):
    lena = Browser(busy, "Lena")
    assert (
        lena.post("/note", customer="maya", note=f"Allergic {NASTY}").headers["location"]
        == "/customers/maya?said=noted"
    )
    done = lena.post("/memory", customer="maya", what="coffee", note="black", until="2027-01-01")
    assert done.headers["location"] == "/customers/maya?said=remembered"
    assert notes(busy, "maya") == [f"Allergic {NASTY}"]
    assert "Allergic" in lena.page("/customers/maya")
    for path in ("/customers/maya", f"/calls/{busy.cards()[0].id}"):
        assert "coffee: black" in lena.page(path)
        assert NASTY not in lena.client.get(path).text
    assert lena.post("/note", customer="maya", note=" ").status_code == 422
    assert lena.post("/memory", customer="maya", what="", note="x").status_code == 422
    assert lena.post("/note", customer="nobody", note="x").status_code == 422


def test_today_says_what_left_the_list_and_why(three: House):
    lena = Browser(three, "Lena")
    first = lena.next()
    lena.post(f"/calls/{first}/outcome", outcome="no_answer")
    second = lena.next()
    lena.post(f"/calls/{second}/snooze", pick="1h")
    page = lena.page("/")
    assert "1 of 3" in page
    assert re.search(r"Done 1 .*No answer – Lena", page)
    assert re.search(r"Snoozed 1 .*back Tue 3 Nov 13:00 – Lena", page)
    assert "Important and not urgent" in page


def test_the_list_as_files(busy: House):
    csv = busy.client.get("/list.csv")
    assert csv.headers["content-disposition"] == 'attachment; filename="list.csv"'
    assert "Maya Okafor" in csv.text
    ics = busy.client.get("/list.ics?assign=Tom")
    assert ics.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "BEGIN:VCALENDAR" in ics.text
    assert "Maya" not in ics.text
