"""What goes wrong, said so that it helps: `application/problem+json` (RFC 9457) to programs, a page to people."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.exceptions import HTTPException

from outreach.errors import DatabaseError, InputError
from outreach.web.front import Front, bound
from outreach.web.headers import add_headers

log = logging.getLogger("outreach.web")

#: Seconds after which a database that can't be written may be asked again.
RETRY_AFTER = 5
#: Paths that programs ask; all others are pages.
FOR_PROGRAMS = ("/v1", "/hooks", "/metrics", "/healthz", "/readyz", "/openapi.json")

_ADVICE = {
    404: "There is nothing at this address. Perhaps it was typed wrong, or what stood here is over.",
    405: "This address can't be used in that way: a form has to be sent from its page.",
}


class ProblemError(Exception):
    """A request that gets no as its answer: `title` in a few words, `detail` says what to do."""

    def __init__(self, status: int, title: str, detail: str, headers: Mapping[str, str] | None = None, **more: Any):
        super().__init__(title)
        self.status, self.title, self.detail = status, title, detail
        self.headers, self.more = dict(headers or {}), more

    def plain(self) -> dict[str, Any]:
        """As RFC 9457 writes it."""
        kind = "urn:outreach:problem:" + "-".join(re.findall(r"[a-z0-9]+", self.title.lower()))
        return {"type": kind, "title": self.title, "status": self.status, "detail": self.detail} | self.more


def problem_json(problem: ProblemError) -> Response:
    """For a program."""
    body = msgspec.json.encode(problem.plain())
    return Response(body, problem.status, problem.headers, "application/problem+json")


def answer(front: Front, path: str, problem: ProblemError) -> Response:
    """For whoever asked at this path."""
    if path.startswith(FOR_PROGRAMS):
        response = problem_json(problem)
    else:
        response = front.bare("problem.html", status=problem.status, headers=problem.headers, problem=problem)
    add_headers(response.headers)  # a 500 is answered outside of the gate
    return response


def handle_all(web: FastAPI, front: Front) -> None:
    """Everything that can be raised in a request has an answer."""

    def handle(request: Request, error: Exception) -> Response:
        problem = as_problem(error)
        if problem.status == 503:
            route = getattr(request.scope.get("route"), "path", "")  # a path itself may hold a customer, or a token
            log.warning("%s %s: %s", request.method, route, problem.detail)
        return answer(bound(request), request.url.path, problem)

    ours = (ProblemError, DatabaseError, InputError)
    for kind in (*ours, NoConnection, RequestValidationError, HTTPException, Exception):
        web.add_exception_handler(kind, handle)


def as_problem(error: Exception) -> ProblemError:
    """What an exception means to whoever asked."""
    match error:
        case ProblemError():
            return error
        case DatabaseError():
            later = {"Retry-After": str(RETRY_AFTER)}
            return ProblemError(503, "The database can't be used", f"{error}. Nothing was stored; try again.", later)
        case NoConnection():
            return as_problem(DatabaseError("The database is busy: all connections to it have been taken for a while"))
        case InputError():
            return ProblemError(422, "That can't be read", str(error))
        case RequestValidationError():
            said = "; ".join(f"{'.'.join(map(str, e['loc'][1:]))}: {e['msg']}" for e in error.errors())
            return ProblemError(422, "That can't be read", said)
        case HTTPException():
            phrase = HTTPStatus(error.status_code).phrase
            return ProblemError(
                error.status_code, phrase, _ADVICE.get(error.status_code, str(error.detail)), error.headers
            )
    told = "It is our fault, and it stands in the server's log. What you sent may not have been stored; try again."
    return ProblemError(500, "Something went wrong", told)
