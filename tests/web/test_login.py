"""Signing in and out: passwords, sessions, cookies, tokens, limits; what was on its way when a session ended."""

from __future__ import annotations

import html
import re
import time
from datetime import timedelta
from pathlib import Path

import pytest

from outreach.errors import InputError
from outreach.staff import accounts, keys, passwords, sessions
from outreach.staff.limits import NAMES, Limit, Rate, network
from outreach.web.login import own
from tests.web.crew import PASSWORD, cheaply, hire, signed_in, token_of, try_login
from tests.web.house import MONDAY, House, open_house, plain

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def rows(house: House, table: str) -> list[tuple[object, ...]]:
    with house.app.store.engine.connect() as conn:
        return [tuple(r) for r in conn.exec_driver_sql(f"SELECT * FROM {table}")]


def test_the_first_account_closes_the_house(house: House, monkeypatch: pytest.MonkeyPatch):
    cheaply(monkeypatch)
    assert house.client.get("/").status_code == 200
    made = house.client.post("/accounts", data={"token": house.token, "name": "Ada", "role": "admin"})
    password = re.search(r"<code>([a-z0-9-]{19})</code>", made.text)
    assert password
    assert house.client.get("/").headers["location"] == "/login"
    assert house.client.get("/sent?after=1-a").headers["location"] == "/login?next=/sent%3Fafter%3D1-a"
    assert house.client.get("/v1/calls").status_code == 401
    assert try_login(house.client, "Ada", password[1]).headers["location"] == "/me"
    assert house.client.get("/").headers["location"] == "/me"  # that password is for one time
    chosen = {"token": token_of(house.client), "old": password[1], "new": PASSWORD, "again": PASSWORD}
    assert "holds" in house.client.post("/me/password", data=chosen).text
    assert house.client.get("/").status_code == 200


def test_the_first_account_is_an_administrators(house: House):
    answer = house.client.post("/accounts", data={"token": house.token, "name": "Lena", "role": "staff"})
    assert answer.status_code == 422
    assert "has to be an administrator" in answer.text


def test_the_cookie(staffed: House, tmp_path: Path):
    given = try_login(staffed.guest(), "Lena").headers["set-cookie"]
    assert re.fullmatch(r"outreach=[\w-]{43}; HttpOnly; Path=/; SameSite=lax", given)
    staffed.app.store.engine.dispose()
    known = open_house(tmp_path, public_url="https://outreach.example/")
    client = known.guest(base_url="https://outreach.example")
    given = try_login(client, "Lena").headers["set-cookie"]
    assert re.fullmatch(r"__Host-outreach=[\w-]{43}; HttpOnly; Path=/; SameSite=lax; Secure", given)
    assert client.get("/").status_code == 200
    known.app.store.engine.dispose()


def test_the_database_keeps_only_hashes(staffed: House):
    client = signed_in(staffed, "Lena")
    _, text = keys.add(staffed.app.store, "till", ["read"], MONDAY)
    kept = repr([rows(staffed, t) for t in ("account", "session", "api_key")])
    for secret in (PASSWORD, client.cookies["outreach"], text, text[-43:]):
        assert secret not in kept
    assert "$argon2id$" in kept


def test_signing_in_gives_a_new_word_and_ends_the_old(staffed: House):
    client = signed_in(staffed, "Lena")
    before = client.cookies["outreach"]
    client.cookies.clear()
    token = token_of(client, "/login")
    client.cookies.set("outreach", before, domain="localhost.local")
    client.post("/login", data={"token": token, "name": "Ada", "password": PASSWORD})
    after = [c for c in client.cookies.jar if c.value != before]
    assert len(after) == 1
    old = staffed.guest()
    old.cookies.set("outreach", before)
    assert old.get("/").status_code == 303


@pytest.mark.parametrize("word", ["", "x", "\u00fc", "a" * 5000, "'; DROP TABLE session; --"])
def test_a_word_that_was_never_given(staffed: House, word: str):
    assert staffed.guest().get("/", headers={"cookie": f"outreach={word}".encode()}).status_code == 303


@pytest.mark.parametrize("name", ["Lena", "LENA", " lena ", "\uff2cena"])
def test_a_name_in_every_spelling(staffed: House, name: str):
    assert try_login(staffed.guest(), name).status_code == 303


@pytest.mark.parametrize(
    ("name", "password"),
    [("Lena", "three plain word"), ("Nobody", PASSWORD), ("", ""), ("Lena\0", PASSWORD), ("Lena", "")],
)
def test_a_wrong_name_and_a_wrong_password_are_told_alike(staffed: House, name: str, password: str):
    answer = try_login(staffed.guest(), name, password)
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    told = plain(answer.text)
    assert "No account has this name and this password." in told


def test_one_who_left_is_nobody(staffed: House):
    lena = signed_in(staffed, "Lena")
    accounts.remove(staffed.app.store, "Lena")
    assert lena.get("/").status_code == 303
    assert try_login(staffed.guest(), "Lena").status_code == 401


def test_unknown_takes_as_long_as_wrong(staffed: House, monkeypatch: pytest.MonkeyPatch):
    """With passwords that cost what they do: the hash that is made up must cost the same."""
    monkeypatch.setattr(passwords, "HASHER", passwords.PasswordHasher(time_cost=2, memory_cost=32768, parallelism=1))
    accounts.set_password(staffed.app.store, "Lena", PASSWORD)

    def least(name: str) -> float:
        took = []
        for _ in range(5):
            start = time.process_time()  # of the processor: others may be busy on this machine
            assert sessions.sign_in(staffed.app.store, name, "wrong wrong wrong", MONDAY) is None
            took.append(time.process_time() - start)
        return min(took)

    known, unknown = least("Lena"), least("Nobody")
    assert 0.3 < unknown / known < 3  # without the hash that is made up it would be a hundredth


def test_a_password_that_was_hashed_with_less_is_hashed_anew(staffed: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passwords, "HASHER", passwords.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    signed_in(staffed, "Lena")
    assert "m=64," in accounts.find(staffed.app.store, "Lena").password
    signed_in(staffed, "Lena")


def test_a_session_ends_by_itself(staffed: House):
    lena, mark = signed_in(staffed, "Lena"), signed_in(staffed, "Mark")
    for _ in range(7):  # a click now and then keeps it, half an hour short of twelve
        staffed.clock.instant += 98 * MINUTE
        assert lena.get("/").status_code == 200
    assert mark.get("/").status_code == 303  # no click for two hours
    staffed.clock.instant += 34 * MINUTE
    assert lena.get("/").status_code == 303
    signed_in(staffed, "Olga")
    assert len(rows(staffed, "session")) == 1  # those that are over are swept out


def test_how_long_can_be_set(staffed: House, tmp_path: Path):
    staffed.app.store.engine.dispose()
    short = open_house(tmp_path, session_hours=1, session_idle_minutes=5)
    lena = signed_in(short, "Lena")
    short.clock.instant += 4 * MINUTE
    assert lena.get("/").status_code == 200
    short.clock.instant += 5 * MINUTE
    assert lena.get("/").status_code == 303
    short.app.store.engine.dispose()


def test_signing_out_here_and_everywhere(staffed: House):
    here, there, other = (signed_in(staffed, name) for name in ("Lena", "Lena", "Mark"))
    word = here.cookies["outreach"]
    assert here.post("/logout", data={"token": token_of(here)}).headers["location"] == "/login"
    here.cookies.set("outreach", word, domain="localhost.local")  # a browser that keeps what it was told to forget
    assert here.get("/").status_code == 303
    again = signed_in(staffed, "Lena")
    again.post("/logout/everywhere", data={"token": token_of(again)})
    assert there.get("/").status_code == 303
    assert other.get("/").status_code == 200


def test_a_new_password_signs_out_the_other_browsers(staffed: House):
    here, there = signed_in(staffed, "Lena"), signed_in(staffed, "Lena")
    fields = {"token": token_of(here), "old": PASSWORD, "new": "some other words", "again": "some other words"}
    assert here.post("/me/password", data=fields | {"old": "wrong"}).status_code == 422
    assert here.post("/me/password", data=fields | {"again": "some other word"}).status_code == 422
    assert here.post("/me/password", data=fields).status_code == 200
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 303)
    assert try_login(staffed.guest(), "Lena").status_code == 401


@pytest.mark.parametrize("password", ["short", "a" * 12, "LenaLenaLena", "x" * 201, ""])
def test_passwords_that_are_not_taken(password: str):
    with pytest.raises(InputError):
        passwords.checked(password, "Lena")


def test_each_session_has_its_own_token_and_a_restart_spoils_none(staffed: House, tmp_path: Path):
    lena, mark = signed_in(staffed, "Lena"), signed_in(staffed, "Mark")
    token, word = token_of(lena), lena.cookies["outreach"]
    assert token not in (token_of(mark), staffed.token)
    assert lena.post("/logout", data={"token": token_of(mark)}).status_code == 403
    assert lena.post("/logout", data={"token": staffed.token}).status_code == 403
    unlocked = staffed.token
    staffed.app.store.engine.dispose()
    anew = open_house(tmp_path)
    anew.clock.instant = staffed.clock.instant
    assert anew.token == unlocked
    again = anew.guest()
    again.cookies.set("outreach", word)
    assert again.post("/logout", data={"token": token}).status_code == 303
    anew.app.store.engine.dispose()


def test_the_form_to_sign_in_needs_its_token_and_our_page(staffed: House):
    fields = {"name": "Lena", "password": PASSWORD}
    assert staffed.guest().post("/login", data=fields).status_code == 403
    assert staffed.guest().post("/login", data=fields | {"token": staffed.token}).status_code == 403
    forged = {"sec-fetch-site": "cross-site"}
    token = token_of(staffed.guest(), "/login")
    assert staffed.guest().post("/login", data=fields | {"token": token}, headers=forged).status_code == 403


def test_guessing_a_password(staffed: House):
    guests = [staffed.guest(host=f"198.51.100.{n}") for n in range(12)]
    assert [try_login(g, "Lena", "guess").status_code for g in guests] == [401] * 10 + [429] * 2
    answer = try_login(guests[0], "Lena")  # right, but too late
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 60
    assert try_login(guests[0], "Nobody", "guess").status_code == 401
    assert [try_login(guests[0], "No one", "guess").status_code for _ in range(12)][-2:] == [429] * 2  # no oracle
    staffed.clock.instant += 16 * MINUTE
    assert try_login(guests[0], "Lena").status_code == 303


def test_guessing_names(staffed: House):
    guest, other = staffed.guest(), staffed.guest(host="198.51.100.7")
    codes = [try_login(guest, f"name {n}", PASSWORD).status_code for n in range(32)]
    assert codes == [401] * 30 + [429] * 2
    assert try_login(guest, "Lena").status_code == 429
    assert try_login(other, "Lena").status_code == 303


def test_coming_in_often_is_no_guessing(staffed: House):
    assert {try_login(staffed.guest(), "Lena").status_code for _ in range(35)} == {303}


def test_whom_a_proxy_names(staffed: House, tmp_path: Path):
    """Only that of a proxy which is believed, and its own last word: what came before it anybody can write."""
    staffed.app.store.engine.dispose()
    behind = open_house(tmp_path, trusted_proxies="192.0.2.7, 192.0.2.8")

    def codes(host: str) -> list[int]:
        client = behind.guest(host=host)
        return [
            try_login_from(client, f"somebody {host} {n}", f"198.51.100.1, 203.0.113.{n}").status_code
            for n in range(32)
        ]

    def try_login_from(client, name: str, forwarded: str):
        client.headers["x-forwarded-for"] = forwarded
        return try_login(client, name, "guess")

    assert codes("192.0.2.7")[-1] == 401
    assert codes("192.0.2.9")[-1] == 429
    behind.app.store.engine.dispose()


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "\\\\evil", "/\t/evil.example",
             "javascript:1", "", "evil", "/login?next=/login", "/%0d%0aset-cookie:a=b\r\n", "/\n//evil.example"]
)  # fmt: skip
def test_where_nobody_is_sent_after_the_door(staffed: House, path: str):
    answer = try_login(staffed.guest(), "Lena", next=path)
    assert re.fullmatch(r"/(%0d%0aset-cookie:a=b)?", answer.headers["location"])


@pytest.mark.parametrize("path", ["/", "/sent?after=1-a", "/customers/a%20b", "/customers/b\u00e9a"])
def test_where_one_is_sent_after_the_door(staffed: House, path: str):
    asked = staffed.guest().get(path).headers["location"]
    client = staffed.guest()
    page = client.get(asked)
    after = html.unescape(re.search(r'name="next" value="([^"]*)"', page.text)[1])  # type: ignore[index]
    assert client.get(try_login(client, "Lena", next=after).headers["location"]).status_code in (200, 404)
    assert own(after) == after


def test_a_note_outlives_its_session(staffed: House):
    lena = signed_in(staffed, "Lena")
    (card,) = staffed.cards()
    fields = {"token": token_of(lena), "outcome": "reached", "note": "Likes <it>.", "assign": ""}
    staffed.clock.instant += 3 * HOUR
    late = lena.post(f"/calls/{card.id}/outcome", data=fields)
    assert late.status_code == 401
    assert "Likes &lt;it&gt;." in late.text
    assert len(staffed.cards()) == 1
    hidden = {k: html.unescape(v) for k, v in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', late.text)}
    wrong = lena.post("/login", data=hidden | {"name": "Lena", "password": "guess"})
    assert "Likes &lt;it&gt;." in wrong.text
    back = lena.post("/login", data=hidden | {"name": "Lena", "password": PASSWORD})
    assert back.status_code == 200
    action = re.search(r'action="(/calls/[^"]+)"', back.text)[1]  # type: ignore[index]
    again = {k: html.unescape(v) for k, v in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', back.text)}
    assert lena.post(action, data=again | {"note": "Likes <it>."}).status_code == 303
    assert staffed.cards() == []
    assert "Likes &lt;it&gt;." in lena.get("/customers/maya").text


def test_a_script_of_ours_is_told_and_not_sent_to_the_door(staffed: House):
    answer = staffed.guest().get("/", headers={"sec-fetch-mode": "cors"})
    assert answer.status_code == 401


def test_the_last_administrator_stays(staffed: House):
    for deed in (lambda s: accounts.remove(s, "ada"), lambda s: accounts.set_role(s, "Ada", "staff")):
        with pytest.raises(InputError, match="only administrator"):
            deed(staffed.app.store)
    accounts.set_role(staffed.app.store, "Lena", "admin")
    accounts.remove(staffed.app.store, "Ada")
    with pytest.raises(InputError, match="only administrator"):
        accounts.remove(staffed.app.store, "Lena")


def test_the_page_of_accounts(staffed: House):
    ada = signed_in(staffed, "Ada")
    lena = signed_in(staffed, "Lena")
    page = ada.get("/accounts").text
    assert all(name in page for name in ("Ada", "Lena", "Mark", "Olga"))
    token = token_of(ada)
    assert ada.post("/accounts/Lena/role", data={"token": token, "role": "owner"}).status_code == 303
    assert lena.get("/rules").status_code == 200  # from the next click on
    shown = ada.post("/accounts/Lena/password", data={"token": token}).text
    assert lena.get("/").status_code == 303
    assert try_login(lena, "Lena", re.search(r"<code>([a-z0-9-]{19})</code>", shown)[1]).headers["location"] == "/me"  # type: ignore[index]
    assert ada.post("/accounts/Mark/remove", data={"token": token}).status_code == 303
    assert "closed" in ada.get("/accounts").text
    assert ada.post("/accounts/Ada/remove", data={"token": token}).status_code == 422
    again = {"token": token, "name": "ADA", "role": "staff"}
    assert "has an account already" in ada.post("/accounts", data=again).text
    assert ada.post("/accounts", data=again | {"name": "Mark"}).status_code == 200  # he comes back
    assert ada.post("/accounts", data={"name": "Eve", "role": "admin"}).status_code == 403  # no token


def test_a_key_from_the_page(staffed: House):
    ada, till = signed_in(staffed, "Ada"), staffed.guest()
    token = token_of(ada)
    asked = {"token": token, "name": "Till", "read": "yes", "rate": "3", "days": "30"}
    text = re.search(r"<code>(ok_live_\w{12}_[\w-]{43})</code>", ada.post("/keys", data=asked).text)[1]  # type: ignore[index]
    till.headers["authorization"] = f"Bearer {text}"
    assert [till.get("/v1/calls").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    page = ada.get("/accounts").text
    assert "last used" in page
    assert text not in page
    staffed.clock.instant += MINUTE
    assert till.get("/v1/calls").status_code == 200
    assert ada.post(f"/keys/{text.split('_')[2]}/revoke", data={"token": token_of(ada)}).status_code == 303
    assert till.get("/v1/calls").status_code == 401
    for wrong in ({"read": ""}, {"rate": "0"}, {"rate": "many"}, {"days": "31"}, {"name": ""}):
        assert ada.post("/keys", data=asked | wrong).status_code == 422


def test_a_key_that_expired_or_was_guessed(staffed: House):
    key, text = keys.add(staffed.app.store, "till", ["read"], MONDAY, lasts=timedelta(days=1))
    assert keys.check(staffed.app.store, text, MONDAY) is not None
    assert keys.check(staffed.app.store, text, MONDAY + timedelta(days=1)) is None
    for guess in (text[:-1] + ("a" if text[-1] != "a" else "b"), f"ok_live_{key.id}_", text + "x", text.upper(), ""):
        assert keys.check(staffed.app.store, guess, MONDAY) is None


def test_the_house_key_stays_a_key_of_all_scopes(staffed: House, tmp_path: Path):
    """Until the first account it is the browsers' password too; from then on it opens no page."""
    staffed.app.store.engine.dispose()
    locked = open_house(tmp_path, api_key="correct-horse-battery")
    guest = locked.guest()
    assert guest.get("/v1/calls", headers={"authorization": "Bearer correct-horse-battery"}).status_code == 200
    assert guest.get("/", auth=("Lena", "correct-horse-battery")).status_code == 303
    locked.app.store.engine.dispose()


def test_limits_are_bounded():
    limit, rate = Limit(3, HOUR), Rate()
    for n in range(NAMES + 50):
        limit.take(str(n), MONDAY)
        rate.wait(str(n), 5, MONDAY)
    assert len(limit._times) == len(rate._level) == NAMES
    assert [limit.take("x", MONDAY) for _ in range(4)] == [0, 0, 0, 3600]
    limit.give_back("x")
    assert limit.take("x", MONDAY + 59 * MINUTE) == 0
    assert limit.take("x", MONDAY + 60 * MINUTE) == 0


@pytest.mark.parametrize(
    ("address", "counted"),
    [("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::/64"),
     ("2001:db8::ffff:0:1", "2001:db8::/64"), ("testclient", "testclient")],
)  # fmt: skip
def test_to_whom_tries_are_counted(address: str, counted: str):
    assert network(address) == counted


def test_what_a_password_costs():
    """RFC 9106's second choice, and no more than a few at once."""
    assert (passwords.HASHER.time_cost, passwords.HASHER.memory_cost, passwords.HASHER.parallelism) == (3, 65536, 4)
    known = passwords.hashed(PASSWORD)
    assert passwords.matches(PASSWORD, known)
    assert not passwords.matches(PASSWORD, None)
    assert not passwords.matches(PASSWORD, "nonsense")
    for _ in range(passwords.AT_ONCE):
        passwords._turns.acquire()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(passwords, "PATIENCE", 0.01)
            with pytest.raises(passwords.BusyError):
                passwords.matches(PASSWORD, known)
    finally:
        for _ in range(passwords.AT_ONCE):
            passwords._turns.release()


def test_nobody_is_hired_twice_under_a_strange_name(staffed: House):
    for name in ("", " ", "a" * 81, "a\0b", "a\u202eb", "lena"):
        with pytest.raises(InputError):
            hire(staffed, **{name: "staff"})
