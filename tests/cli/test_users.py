"""`users`, `keys` and the first account of `init`: who may come in, said on the command line."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from outreach.bootstrap import open_store
from outreach.settings import read_settings
from outreach.staff import keys, passwords, sessions
from outreach.store.store import Store
from tests.cli.conftest import Run
from tests.web.crew import CHEAP, PASSWORD
from tests.web.house import MONDAY

MADE_UP = re.compile(r"^    ([a-z2-9]{4}(?:-[a-z2-9]{4}){3})$", re.MULTILINE)


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", CHEAP)


def store() -> Store:
    return open_store(read_settings())


def comes_in(name: str, password: str) -> bool:
    return sessions.sign_in(store(), name, password, MONDAY) is not None


def test_init_makes_the_first_administrator(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    made = MADE_UP.search(run("init", "house", "--admin", "Ada").out)
    assert made
    run("init", "other", "--admin", "Ada", "--password-stdin", stdin=PASSWORD + "\n")
    for folder, password in (("house", made[1]), ("other", PASSWORD)):
        monkeypatch.chdir(tmp_path / folder)
        assert comes_in("ada", password)
        assert [a["role"] for a in run("users", "list", "--json").json] == ["admin"]
    assert "users add NAME --role admin" in run("init", "third").out


def test_a_life_of_an_account(run: Run, business: Path):
    assert "has to be an administrator's" in run("users", "add", "Lena", "--role", "staff").err
    assert run("users", "add", "Ada", "--role", "admin", "--password-stdin", stdin=PASSWORD).code == 0
    made = MADE_UP.search(run("users", "add", "Lena", "--role", "staff").out)
    assert made
    assert comes_in("Lena", made[1])
    assert "has an account already" in run("users", "add", "lena", "--role", "staff").err
    run("users", "password", "Lena", "--password-stdin", stdin="some other words\n")
    assert not comes_in("Lena", made[1])
    assert comes_in("Lena", "some other words")
    assert run("users", "role", "Lena", "owner").code == 0
    assert "no role 'boss': one of staff, marketing, owner, admin" in run("users", "role", "Lena", "boss").err
    assert "only administrator" in run("users", "remove", "Ada").err
    assert run("users", "remove", "Lena").code == 0
    assert not comes_in("Lena", "some other words")
    assert "closed" in run("users", "list").out
    assert "nobody of the name 'Lena'" in run("users", "password", "Lena").err


@pytest.mark.parametrize("stdin", ["", "\n", "short\n"])
def test_a_password_that_is_not_taken(run: Run, business: Path, stdin: str):
    ran = run("users", "add", "Ada", "--role", "admin", "--password-stdin", stdin=stdin)
    assert ran.code == 1
    assert "password" in ran.err
    assert run("users", "list", "--json").json == []


def test_a_life_of_a_key(run: Run, business: Path):
    text = run("keys", "add", "till", "--scope", "ingest", "--scope", "read", "--days", "30", "--rate", "5").out.strip()
    assert re.fullmatch(r"ok_live_[0-9a-f]{12}_[\w-]{43}", text)
    key = keys.check(store(), text, MONDAY)
    assert key is not None
    assert (key.scopes, key.rate) == ("ingest read", 5)
    shown = run("keys", "list").out + str(run("keys", "list", "--json").json)
    assert key.id in shown
    assert text not in shown
    assert run("keys", "revoke", key.id).code == 0
    assert keys.check(store(), text, MONDAY) is None
    assert "no key" in run("keys", "revoke", key.id).err
    assert "revoked" in run("keys", "list").out


def test_a_key_tells_which_user_of_the_system_made_it(business: Path, run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LOGNAME", "somebody-else")
    me = subprocess.run(["id", "-un"], capture_output=True, text=True, check=False).stdout.strip()
    run("keys", "add", "till", "--scope", "ingest")
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)  # a number without a name, as in many a container
    run("keys", "add", "shop", "--scope", "ingest")
    assert {k["name"]: k["by"] for k in run("keys", "list", "--json").json} == {
        "till": me or "command line", "shop": "command line",
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrong", [("--scope", "all"), ("--scope", "read", "--rate", "0"), ("--scope", "read", "--days", "0")]
)
def test_a_key_that_is_not_made(run: Run, business: Path, wrong: tuple[str, ...]):
    assert run("keys", "add", "till", *wrong).code == 1
    assert run("keys", "list", "--json").json == []
