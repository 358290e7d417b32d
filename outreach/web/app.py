"""The web app, put together: the gate around everything, routes for programs and for people."""

from __future__ import annotations

from fastapi import Depends, FastAPI

from outreach import __version__
from outreach.bootstrap import App
from outreach.providers import links
from outreach.scheduler import Heart
from outreach.web import (
    accounts,
    api,
    calls,
    contacts,
    counting,
    health,
    hooks,
    lists,
    login,
    own,
    persons,
    unknown,
    unsubscribe,
)
from outreach.web.access import SignInError, admit
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
        dependencies=[Depends(admit)],
    )  # fmt: skip
    front = Front(app=app, heart=heart)
    web.state.front, web.state.pulse, web.state.links = front, Pulse(app), links(app.settings, app.store.secret)
    web.state.seals = hooks.seals_of(app.settings)
    handle_all(web, front)
    web.add_exception_handler(SignInError, login.sign_in_again)
    web.add_middleware(Gate, front=front)
    parts = (
        health,
        counting,
        contacts,
        persons,
        lists,
        calls,
        api,
        *FOR_PEOPLE,
        login,
        own,
        accounts,
        unsubscribe,
        hooks,
    )
    for part in parts:
        web.include_router(part.router)
    for router in (login.inside, unknown.api, unknown.pages):
        web.include_router(router)
    web.mount("/static", Assets(directory=STATIC), name="static")
    return web
