"""What is counted of the world's calls, for Prometheus."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest

from outreach.web.access import program

REGISTRY = CollectorRegistry()
CALLBACKS = Counter(
    "outreach_callbacks_total", "Callbacks of providers, by what became of them", ["hook", "result"], registry=REGISTRY
)

router = APIRouter(tags=["health"], include_in_schema=False)


@router.get("/metrics", summary="What is counted, for Prometheus")
def metrics(_: Annotated[None, Depends(program)]) -> Response:
    """Text that Prometheus reads. It tells nothing of anybody, and asks for the key all the same."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)
