"""Each role against each route of the app, by a table that is written here a second time, in words of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from outreach.staff import keys
from outreach.staff.roles import ROLES, SCOPES
from outreach.web.pulse import MOST
from outreach.web.rights import ANYBODY, KEY, RIGHTS
from tests.web.crew import signed_in, token_of
from tests.web.house import House, line, plain

NAMES = {"staff": "Lena", "marketing": "Mark", "owner": "Olga", "admin": "Ada"}
#: What each role may do, of what not all may: one line a deed.
MAY = {
    "work": {"staff", "admin"},
    "see": {"staff", "marketing", "owner", "admin"},
    "self": {"staff", "marketing", "owner", "admin"},
    "rules": {"marketing", "owner", "admin"},
    "reports": {"marketing", "owner", "admin"},
    "steer": {"marketing", "admin"},
    "manage": {"owner", "admin"},
    "house": {"admin"},
}


@pytest.fixture(autouse=True)
def no_room_to_listen(house: House) -> None:
    """A stream never ends: here nobody finds room for one."""
    house.web.state.pulse.listeners = MOST


def routes_of(web: FastAPI) -> list[tuple[str, str]]:
    """Every (method, path) that the app answers, but the sheet, the scripts and the OpenAPI document."""
    found = {(m, r.path) for r in flat(web.router.routes) for m in r.methods if r.path != "/openapi.json"}
    return sorted((method, path) for method, path in found if method not in ("HEAD", "OPTIONS"))


def flat(routes: list[Any]) -> Iterator[Any]:
    """Routes, also those of routers that are taken in as they are."""
    for route in routes:
        if hasattr(route, "original_router"):
            yield from flat(route.original_router.routes)
        elif getattr(route, "methods", None):
            yield route


def an_address(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "nobody", path)


def test_every_route_says_who_may_use_it(house: House):
    found = set(routes_of(house.web))
    assert len(found) >= 30
    missing = sorted(f"{method} {path}" for method, path in found if f"{method} {path}" not in RIGHTS)
    assert not missing, (
        f"nobody may use these routes until outreach/web/rights.py says who: {missing}. Add a line for each: "
        f"`anybody`, `key:` with one of {SCOPES}, or one of {sorted(MAY)}"
    )


def test_no_line_of_the_table_is_about_nothing(house: House):
    found = {f"{method} {path}" for method, path in routes_of(house.web)}
    assert sorted(set(RIGHTS) - found) == [], "these routes are gone: take their lines out of outreach/web/rights.py"
    known = {ANYBODY, *(KEY + scope for scope in SCOPES), *MAY}
    assert set(RIGHTS.values()) <= known


@pytest.mark.parametrize("role", ROLES)
def test_what_each_role_may(staffed: House, role: str):
    """Whatever isn't refused for the role is answered somehow: forms are sent without a token, and do nothing."""
    client = signed_in(staffed, NAMES[role])
    for method, path in routes_of(staffed.web):
        right = RIGHTS[f"{method} {path}"]
        answer = client.request(method, an_address(path), headers={"content-type": "application/x-www-form-urlencoded"})
        if right in MAY:
            refused = answer.status_code == 403 and "Not for your role" in answer.text
            assert refused == (role not in MAY[right]), f"{role}: {method} {path} gave {answer.status_code}"
            assert answer.status_code != 500
        elif right.startswith(KEY):  # the pages' cookie opens no door of programs
            assert answer.status_code == 401, f"{role}: {method} {path} gave {answer.status_code}"


def test_nobody_without_an_account_gets_anywhere(staffed: House):
    for client in (staffed.guest(), staffed.client):  # this machine neither
        for method, path in routes_of(staffed.web):
            if RIGHTS[f"{method} {path}"] == ANYBODY:
                continue
            answer = client.request(method, an_address(path))
            assert answer.status_code in (303, 401, 415), f"{method} {path} gave {answer.status_code}"
            assert "Maya" not in answer.text
            assert not answer.headers.get("location", "/login").partition("/login")[0]


@pytest.mark.parametrize("scope", SCOPES)
def test_what_each_scope_may(staffed: House, scope: str):
    _, text = keys.add(staffed.app.store, "till", [scope], staffed.clock.now())
    for method, path in routes_of(staffed.web):
        right = RIGHTS[f"{method} {path}"]
        answer = staffed.guest().request(method, an_address(path), headers={"authorization": f"Bearer {text}"})
        if right.startswith(KEY):
            assert (answer.status_code == 403) == (right != KEY + scope), f"{scope}: {method} {path}"
            assert answer.status_code != 401
        elif right != ANYBODY:
            assert answer.status_code in (303, 401, 415), f"{scope}: {method} {path}"


def test_a_route_that_nobody_thought_of_is_closed(house: House):
    house.web.get("/new")(lambda: "secret")
    house.web.get("/v1/new")(lambda: "secret")
    for path in ("/new", "/v1/new"):
        answer = house.client.get(path)
        assert answer.status_code == 403
        assert "rights.py" in answer.text
        assert "secret" not in answer.text


def test_pages_show_what_one_may_do_only(staffed: House):
    card = f"/calls/{next(c.id for c in staffed.cards() if c.channel == 'call')}"
    asked = ("/", "/rules", card, "/customers/maya", "/customers?q=maya", "/next")
    told = {role: {p: plain(signed_in(staffed, n).get(p).text) for p in asked} for role, n in NAMES.items()}
    for role, pages in told.items():
        today = pages["/"]
        assert ("Next card" in today) == (role in MAY["work"]), role
        assert ("Left a message" in pages[card]) == (role in MAY["work"]), role
        assert ("Add a note" in pages["/customers/maya"]) == (role in MAY["work"]), role
        assert ("Log a contact" in pages["/customers?q=maya"]) == (role in MAY["work"]), role
        assert ("Next card" in pages["/next"]) == (role in MAY["work"]), role
        assert ("Pause everything" in today) == (role in MAY["house"]), role
        assert ("Accounts" in today) == (role in MAY["house"]), role
        assert (" Rules " in today) == (role in MAY["rules"]), role
        assert ("Pause champagne" in pages["/rules"]) == (role in MAY["steer"]), role
        assert f"{NAMES[role]} Sign out" in today
        assert "Your name" not in today


def test_the_rules_page_is_no_way_round_the_big_switch(staffed: House):
    ada, mark = signed_in(staffed, "Ada"), signed_in(staffed, "Mark")
    assert ada.post("/pause", data={"token": token_of(ada)}).status_code == 303
    for deed in ("pause", "resume"):
        assert mark.post(f"/rules/*/{deed}", data={"token": token_of(mark)}).status_code == 404
        assert mark.post(f"/rules/%2A/{deed}", data={"token": token_of(mark)}).status_code == 404
    with staffed.app.store.reading() as tx:
        assert set(tx.house.paused()) == {"*"}


def test_deeds_are_recorded_under_the_name_of_the_account(staffed: House):
    lena = signed_in(staffed, "lena")
    (card,) = staffed.cards()
    fields = {"token": token_of(lena), "outcome": "reached", "note": "", "by": "Somebody Else"}
    assert lena.post(f"/calls/{card.id}/outcome", data=fields).status_code == 303
    assert "Lena" in plain(lena.get("/customers/maya").text)
    assert "Somebody Else" not in lena.get("/customers/maya").text


def test_a_key_that_has_a_scope_does_its_work(staffed: House):
    _, text = keys.add(staffed.app.store, "till", ["ingest"], staffed.clock.now())
    client: TestClient = staffed.guest()
    assert client.post("/v1/events", json=line(), headers={"authorization": f"Bearer {text}"}).json()["accepted"] == 1
