"""What the OpenAPI document says beyond what the code shows: bodies that are read by hand, and problems."""

from __future__ import annotations

from typing import Any

from outreach.core.follow_up import OUTCOMES

_PROBLEM = {
    "application/problem+json": {
        "schema": {
            "type": "object",
            "required": ["type", "title", "status", "detail"],
            "properties": {
                "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
                "detail": {"type": "string", "description": "what to do"},
            },
        }
    }
}  # fmt: skip
_EVENT = {
    "type": "object",
    "required": ["id", "type", "customer", "time"],
    "properties": {
        "id": {"type": "string", "description": "accepted once for ever"},
        "type": {"type": "string", "examples": ["purchase"]},
        "customer": {"type": "string"},
        "time": {"type": "string", "format": "date-time"},
        "site": {"type": "string"},
        "data": {"type": "object"},
    },
}
_RECEIPTS = {
    "type": "object",
    "required": ["accepted", "duplicate", "rejected", "events"],
    "properties": {
        "accepted": {"type": "integer"}, "duplicate": {"type": "integer"}, "rejected": {"type": "integer"},
        "events": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "status"],
                "properties": {
                    "id": {"type": "string"}, "status": {"enum": ["accepted", "duplicate", "rejected"]},
                    "reason": {"type": "string"},
                },
            },
        },
    },
}  # fmt: skip


_OTHERS = ("application/x-ndjson", "application/cloudevents+json", "application/cloudevents-batch+json")


def _json(schema: object) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def problem(what: str) -> dict[str, Any]:
    """An answer that is a problem."""
    return {"description": what, "content": _PROBLEM}


PROBLEMS: dict[int | str, dict[str, Any]] = {
    401: problem("No valid key"),
    403: problem("Without a key only this machine is served"),
    503: problem("The database can't be used; nothing was stored, see Retry-After"),
}
EVENTS: dict[str, Any] = {
    "summary": "Bring events",
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "description": "One event, an array, one a line, or CloudEvents (`subject` is the customer); up to 10,000"
            " events and 8 MiB, gzip allowed.",
            "content": _json({"anyOf": [_EVENT, {"type": "array", "items": _EVENT}]}) | {kind: {} for kind in _OTHERS},
        }
    },
    "responses": {
        200: {"description": "All are stored (some perhaps before)", "content": _json(_RECEIPTS)},
        207: {"description": "Some were rejected, all others are stored", "content": _json(_RECEIPTS)},
        400: problem("The body can't be read"),
        413: problem("More than 8 MiB, or than 10,000 events"),
        415: problem("A content type that isn't understood"),
        422: problem("All were rejected; `events` says why"),
    },
}
EXPORT: dict[str, Any] = {
    "summary": "Export a customer", "responses": {404: problem("No such customer")},
}  # fmt: skip
ERASE: dict[str, Any] = {"summary": "Erase a customer", "responses": {404: problem("No such customer")}}
CALLS: dict[str, Any] = {"summary": "Today's list"}
OUTCOME: dict[str, Any] = {
    "summary": "Say what came of a call or task",
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": _json(
                {
                    "type": "object",
                    "required": ["outcome"],
                    "additionalProperties": False,
                    "properties": {
                        "outcome": {"enum": sorted(OUTCOMES)},
                        "note": {"type": "string"},
                        "by": {"type": "string"},
                        "call_back_at": {"type": "string", "format": "date-time", "description": "with call_back"},
                        "only_me": {"type": "boolean", "description": "`by` rings back in person"},
                    },
                }
            ),
        }
    },
    "responses": {
        400: problem("The body can't be read"), 404: problem("Not on the list"),
        409: problem("Somebody else has it open"), 422: problem("Unknown outcome"),
    },
}  # fmt: skip
MAY: dict[str, Any] = {
    "summary": "May this customer be contacted now?",
    "responses": {404: problem("Unknown customer"), 422: problem("Unknown channel or purpose")},
}
CONTACT: dict[str, Any] = {
    "summary": "Write down a contact made by hand",
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": _json(
                {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "channel": {"enum": ["call", "email", "sms"], "default": "call"},
                        "purpose": {"enum": ["marketing", "care", "transactional", "safety"], "default": "care"},
                        "direction": {"enum": ["outbound", "inbound"], "default": "outbound"},
                        "note": {"type": "string"}, "by": {"type": "string"},
                        "override": {"type": "string", "description": "why all the same, where the guard objects"},
                        "time": {"type": "string", "format": "date-time", "description": "now, if left out"},
                        "id": {"type": "string", "description": "makes sending it again harmless"},
                    },
                }
            ),
        }
    },
    "responses": {
        201: {"description": "It is stored, and counts"}, 200: {"description": "It was stored before"},
        400: problem("The body can't be read"), 404: problem("Unknown customer"),
        409: problem("The guard objects, and no `override` says why all the same; `reasons` has its numbers"),
        422: problem("A value that isn't known"),
    },
}  # fmt: skip

DECISION: dict[str, Any] = {
    "summary": "Say whether a message went out",
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": _json(
                {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["decision"],
                    "properties": {"decision": {"enum": ["sent", "again", "let_go"]}, "by": {"type": "string"}},
                }
            ),
        }
    },
}
