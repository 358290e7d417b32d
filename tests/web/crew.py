"""People with accounts in a small house. Their passwords are hashed cheaply: what it costs is tried elsewhere."""

from __future__ import annotations

import re
from typing import Any

from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from outreach.staff import accounts, passwords
from tests.web.house import House

PASSWORD = "three plain words"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
TOKEN = re.compile(r'name="token" value="([^"]+)"')


def hire(house: House, **roles: str) -> None:
    """Accounts by name and role; the first has to be an administrator's."""
    for name, role in roles.items():
        accounts.add(house.app.store, name, role, house.clock.now(), PASSWORD)


def token_of(client: TestClient, path: str = "/me") -> str:
    found = TOKEN.search(client.get(path).text)
    assert found, f"no form on {path}"
    return found[1]


def try_login(client: TestClient, name: str, password: str = PASSWORD, **more: str) -> Any:
    fields = {"token": token_of(client, "/login"), "name": name, "password": password} | more
    return client.post("/login", data=fields)


def signed_in(house: House, name: str, **given: Any) -> TestClient:
    """Her browser, on another computer."""
    client = house.guest(**given)
    answer = try_login(client, name)
    assert answer.status_code == 303, answer.text
    return client


def cheaply(monkeypatch: Any) -> None:
    monkeypatch.setattr(passwords, "HASHER", CHEAP)
