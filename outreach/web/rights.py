"""Who may use which address. Each route stands here, or is closed to everybody; a test goes through all of them.

`anybody` needs nothing, or checks for itself (a signature, a token in the address). `key:SCOPE` is for programs. All
others are rights of people's roles (see `staff.roles`).
"""

from __future__ import annotations

from typing import Final

ANYBODY: Final = "anybody"
KEY: Final = "key:"

RIGHTS: Final[dict[str, str]] = {
    "GET /healthz": ANYBODY,
    "GET /readyz": ANYBODY,
    # providers and customers: a signature, or a token in the address
    "POST /hooks/twilio/status": ANYBODY,
    "POST /hooks/twilio/inbound": ANYBODY,
    "POST /hooks/twilio/bridge": ANYBODY,
    "POST /hooks/twilio/call": ANYBODY,
    "POST /hooks/sendgrid/events": ANYBODY,
    "GET /u/{token}": ANYBODY,
    "POST /u/{token}": ANYBODY,
    # programs
    "POST /v1/events": "key:ingest",
    "POST /v1/calls/{follow_up}/outcome": "key:ingest",
    "POST /v1/customers/{customer:path}/contacts": "key:ingest",
    "GET /metrics": "key:read",
    "GET /v1/calls": "key:read",
    "GET /v1/calls.csv": "key:read",
    "GET /v1/calls.ics": "key:read",
    "GET /v1/calls/figures": "key:read",
    "GET /v1/calls/{follow_up}": "key:read",
    "GET /v1/load": "key:read",
    "GET /v1/unknown": "key:read",
    "POST /v1/unknown/{attempt}": "key:admin",
    "POST /v1/calls/next": "key:ingest",
    "POST /v1/calls/{follow_up}/claim": "key:ingest",
    "POST /v1/calls/{follow_up}/release": "key:ingest",
    "POST /v1/calls/{follow_up}/skip": "key:ingest",
    "POST /v1/calls/{follow_up}/undo": "key:ingest",
    "POST /v1/calls/{follow_up}/snooze": "key:ingest",
    "POST /v1/calls/{follow_up}/cancel": "key:ingest",
    "POST /v1/calls/{follow_up}/assign": "key:ingest",
    "POST /v1/customers/{customer:path}/notes": "key:ingest",
    "POST /v1/customers/{customer:path}/memory": "key:ingest",
    "GET /v1/customers/{customer:path}": "key:read",
    "GET /v1/customers/{customer:path}/may": "key:read",
    "GET /v1/customers/{customer:path}/export": "key:read",
    "DELETE /v1/customers/{customer:path}": "key:admin",
    # people
    "GET /": "see",
    "GET /sent": "see",
    "GET /held": "see",
    "GET /unknown": "see",
    "POST /unknown/{attempt}": "work",
    "GET /customers/{customer:path}": "see",
    "POST /calls/{follow_up}/outcome": "work",
    "GET /next": "see",
    "GET /calls/{follow_up}": "see",
    "GET /calls/{follow_up}/dial": "see",
    "GET /list.csv": "see",
    "GET /list.ics": "see",
    "GET /events": "see",
    "GET /events/now": "see",
    "GET /events/why": "see",
    "GET /customers": "see",
    "POST /next": "work",
    "GET /contact": "work",
    "POST /contact": "work",
    "POST /note": "work",
    "POST /memory": "work",
    "POST /calls/{follow_up}/claim": "work",
    "POST /calls/{follow_up}/call-back": "work",
    "POST /calls/{follow_up}/dial": "work",
    "POST /calls/{follow_up}/snooze": "work",
    "POST /calls/{follow_up}/skip": "work",
    "POST /calls/{follow_up}/release": "work",
    "POST /calls/{follow_up}/cancel": "work",
    "POST /calls/{follow_up}/undo": "work",
    "POST /calls/{follow_up}/note": "work",
    "GET /manager": "manage",
    "POST /calls/{follow_up}/assign": "manage",
    "POST /manager/assign": "manage",
    "POST /manager/absence": "manage",
    "POST /manager/back": "manage",
    "GET /rules": "rules",
    "POST /rules/{rule}/pause": "steer",
    "POST /rules/{rule}/resume": "steer",
    "POST /pause": "house",
    "POST /resume": "house",
    # coming and going
    "GET /login": ANYBODY,
    "POST /login": ANYBODY,
    "GET /me": "self",
    "POST /me/password": "self",
    "POST /me/phone": "self",
    "POST /logout": "self",
    "POST /logout/everywhere": "self",
    "GET /accounts": "house",
    "POST /accounts": "house",
    "POST /accounts/{account}/role": "house",
    "POST /accounts/{account}/password": "house",
    "POST /accounts/{account}/phone": "house",
    "POST /accounts/{account}/remove": "house",
    "POST /keys": "house",
    "POST /keys/{key}/revoke": "house",
}


def right_of(method: str, path: str) -> str | None:
    """What it takes to use this route; None for one that nobody gave a right to."""
    return RIGHTS.get(f"{'GET' if method == 'HEAD' else method} {path}")
