"""The front of the house: what every page and every answer needs, made once when the program starts."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from outreach.bootstrap import App, shipped
from outreach.core.zone import to_local
from outreach.saying import clock
from outreach.scheduler import Heart
from outreach.settings import Settings
from outreach.staff.limits import Limit, Rate
from outreach.staff.sessions import Lasting
from outreach.web import shown
from outreach.web.visitor import STRANGER, Visitor

Headers = Mapping[str, str] | None
BARE: dict[str, Any] = {"paused": {}, "quarantine": None, "stopped": "", "full": False, "unknown": 0}
#: Senders whose messages stay in the house.
STAYS = frozenset({"outbox", "dry-run"})
#: Ten tries of an account, thirty of an address.
QUARTER = timedelta(minutes=15)
_NAMES = {"sms": "SMS", "email": "e-mail"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The app, its scheduler if one runs in this process, the page templates, how often sign-ins are tried and keys are
    used; and, in a request, who asks."""

    app: App
    heart: Heart | None
    pages: Environment = field(default_factory=lambda: _environment())
    rates: Rate = field(default_factory=Rate)
    tries: tuple[Limit, Limit] = field(default_factory=lambda: (Limit(10, QUARTER), Limit(30, QUARTER)))
    chance: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    visitor: Visitor = STRANGER

    @property
    def token(self) -> str:
        """What every form carries: another site can't read it, so it can't make a browser send one of our forms. Each
        session has its own; where nobody has to sign in, all pages have one."""
        return self.visitor.token or self.open_token

    @property
    def open_token(self) -> str:
        """The forms' token where nobody has to sign in."""
        return self._keyed("forms")

    @property
    def login_token(self) -> str:
        """The token of the form to sign in by, which anybody may see."""
        return self._keyed("login")

    def _keyed(self, what: str) -> str:
        """The same in every process on this database, and after a restart."""
        secret = self.app.store.secret
        return hmac.new(self.chance if secret == b"memory" else secret, f"token:{what}".encode(), sha256).hexdigest()

    @property
    def secure(self) -> bool:
        """Whether browsers come by https."""
        return self.app.settings.public_url.lower().startswith("https:")

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; by this prefix a browser takes it from this very host and by https only."""
        return "__Host-outreach" if self.secure else "outreach"

    @property
    def lasting(self) -> Lasting:
        """How long somebody stays signed in."""
        return lasting(self.app.settings)

    @property
    def zone(self) -> str:
        """The house's zone: the clock on the wall of those who look at the pages."""
        return self.app.engine.policy.zone

    def page(self, name: str, /, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page with the house's header. Raises DatabaseError."""
        with self.app.store.reading() as tx:
            paused, since, unknown = tx.house.paused(), tx.house.quarantined(), tx.attempts.undecided()
        frame = {
            "paused": paused, "quarantine": since, "stopped": self.stopped(), "full": True, "unknown": unknown,
        }  # fmt: skip
        return self._render(name, status, None, values | frame)

    def bare(self, name: str, /, *, status: int, headers: Headers = None, **values: Any) -> HTMLResponse:
        """A page that asks nothing of the database, for when it is what failed."""
        return self._render(name, status, headers, values | BARE)

    def _render(self, name: str, status: int, headers: Headers, values: dict[str, Any]) -> HTMLResponse:
        now = self.app.engine.clock.now()
        local = to_local(now, self.zone)
        frame = {
            "business": self.app.engine.business.get("name", "Outreach"), "outbox": self.outbox(), "token": self.token,
            "visitor": self.visitor, "may": self.visitor.may,
            "today": f"{local:%A}, {local.day} {local:%B %Y}", "zone": self.zone, "now": now,
        }  # fmt: skip
        wall = clock(self.zone, now)
        text = self.pages.get_template(name).render(frame | values | {"clock": wall})
        return HTMLResponse(text, status, dict(headers or {}))

    def outbox(self) -> list[str]:
        """What isn't really sent."""
        senders = self.app.engine.senders
        return [_NAMES.get(channel, channel) for channel, sender in senders.items() if sender.name in STAYS]

    def stopped(self) -> str:
        """Why nothing would go out although nothing is paused; "" while all is well."""
        if self.heart is None:
            return ""
        health = self.heart.health()
        return str(health["failure"]) if health["alive"] else "the scheduler has stopped: restart the program"


def lasting(settings: Settings) -> Lasting:
    """How long somebody stays signed in."""
    idle = timedelta(minutes=settings.session_idle_minutes)
    return Lasting(whole=timedelta(hours=settings.session_hours), idle=idle)


def _environment() -> Environment:
    pages = Environment(
        loader=FileSystemLoader(shipped("templates") / "pages"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    pages.filters |= shown.FILTERS
    return pages


def bound(request: Request) -> Front:
    """The front as it is for whoever asks."""
    front: Front = request.app.state.front
    visitor = getattr(request.state, "visitor", STRANGER)
    return front if visitor is STRANGER else replace(front, visitor=visitor)


async def _front(request: Request) -> Front:
    return bound(request)


#: What a route asks for to get at the front; made anew each time, for who asks may have been found out meanwhile.
Here = Annotated[Front, Depends(_front, use_cache=False)]
