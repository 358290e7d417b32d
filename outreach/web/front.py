"""The front of the house: what every page and every answer needs, made once when the program starts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from outreach.bootstrap import App, shipped
from outreach.core.zone import to_local
from outreach.saying import clock
from outreach.scheduler import Heart
from outreach.web import shown

Headers = Mapping[str, str] | None
BARE: dict[str, Any] = {"paused": {}, "quarantine": None, "stopped": "", "full": False, "unknown": 0}
_NAMES = {"sms": "SMS", "email": "e-mail"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The app, its scheduler if one runs in this process, the page templates, and the token that every form carries:
    another site can't read it, so it can't make a browser send one of our forms."""

    app: App
    heart: Heart | None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    pages: Environment = field(default_factory=lambda: _environment())

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
            "today": f"{local:%A}, {local.day} {local:%B %Y}", "zone": self.zone, "now": now,
        }  # fmt: skip
        wall = clock(self.zone, now)
        text = self.pages.get_template(name).render(frame | values | {"clock": wall})
        return HTMLResponse(text, status, dict(headers or {}))

    def outbox(self) -> list[str]:
        """What isn't really sent."""
        senders = self.app.engine.senders
        return [_NAMES.get(channel, channel) for channel, sender in senders.items() if sender.name == "outbox"]

    def stopped(self) -> str:
        """Why nothing would go out although nothing is paused; "" while all is well."""
        if self.heart is None:
            return ""
        health = self.heart.health()
        return str(health["failure"]) if health["alive"] else "the scheduler has stopped: restart the program"


def _environment() -> Environment:
    pages = Environment(
        loader=FileSystemLoader(shipped("templates") / "pages"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    pages.filters |= shown.FILTERS
    return pages


async def _front(request: Request) -> Front:
    front: Front = request.app.state.front
    return front


#: What a route asks for to get at the front.
Here = Annotated[Front, Depends(_front)]
