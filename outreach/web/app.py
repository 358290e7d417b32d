"""The web app, put together: the gate around everything, routes for programs and for people."""

from __future__ import annotations

from fastapi import FastAPI

from outreach import __version__
from outreach.bootstrap import App
from outreach.scheduler import Heart
from outreach.web import api, calls, contacts, health, lists, persons
from outreach.web.assets import STATIC, Assets
from outreach.web.for_people import FOR_PEOPLE
from outreach.web.front import Front
from outreach.web.gate import Gate
from outreach.web.problems import handle_all
from outreach.web.pulse import Pulse


def create_app(app: App, heart: Heart | None = None) -> FastAPI:
    """Pages and HTTP interface on this app. `heart` is the scheduler that runs in the same process, if one does."""
    web = FastAPI(
        title="Outreach", version=__version__, docs_url=None, redoc_url=None,
        description="Bring events, read today's list, say what came of a call, ask why. Errors are RFC 9457 problems.",
    )  # fmt: skip
    front = Front(app=app, heart=heart)
    web.state.front, web.state.pulse = front, Pulse(app)
    handle_all(web, front)
    web.add_middleware(Gate, front=front)
    for part in (health, contacts, persons, lists, calls, api, *FOR_PEOPLE):
        web.include_router(part.router)
    web.mount("/static", Assets(directory=STATIC), name="static")
    return web
