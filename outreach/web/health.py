"""Is it alive, is it ready: two questions that machines ask every few seconds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from outreach import __version__
from outreach.beside import quarantined
from outreach.bootstrap import SystemClock
from outreach.errors import DatabaseError
from outreach.store import schema
from outreach.store.clock import skew
from outreach.store.database import again
from outreach.web.front import Front, Here

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Is the process alive, and its scheduler?")
def healthz(here: Here) -> JSONResponse:
    """200 while the scheduler lives (or none runs here), 503 when it has died: then only a restart helps.

    A database that can't be reached shows as `failure`; a restart wouldn't mend it, so it stays 200.
    """
    scheduler = here.heart.health() if here.heart else None
    alive = scheduler is None or bool(scheduler["alive"])
    due, failure = _next_due(here)
    told: dict[str, Any] = {
        "status": "ok" if alive else "dead", "version": __version__, "scheduler": scheduler,
        "next_due": due.isoformat() if due else None,
    }  # fmt: skip
    return JSONResponse(told | ({"failure": failure} if failure else {}), 200 if alive else 503)


@router.get("/readyz", summary="Can it work: is the database there, with this version's schema?")
def readyz(here: Here) -> JSONResponse:
    """200, or 503 with what to do. A computer whose clock is off is told so: decisions go by the database's. In
    quarantine it is ready, for events and opt-outs have to come in; why nothing goes out stands in `quarantine`."""
    store = here.app.store
    try:
        again(lambda: schema.require_current(store.engine), repeatable=True, waits=(0.0,))
        off, held = skew(store.engine, SystemClock().now()), quarantined(store)
    except DatabaseError as error:
        return JSONResponse({"status": "not ready", "reason": str(error)}, 503)
    shut = here.app.engine.gates.troubles()
    told: dict[str, Any] = {"warning": off, "quarantine": held, "senders": shut}
    return JSONResponse({"status": "ready"} | {name: said for name, said in told.items() if said})


def _next_due(front: Front) -> tuple[datetime | None, str]:
    try:
        return front.app.engine.next_wake(), ""
    except DatabaseError as error:
        return None, str(error)
