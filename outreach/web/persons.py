"""One customer, for programs: all that is known of her, and forgetting her."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import APIRouter, Depends, Response

from outreach.flow.erasing import erase
from outreach.flow.exporting import export
from outreach.web import described
from outreach.web.access import bearer, program
from outreach.web.front import Here
from outreach.web.problems import ProblemError

router = APIRouter(prefix="/v1", dependencies=[Depends(program), Depends(bearer)], responses=described.PROBLEMS)


@router.get("/customers/{customer:path}/export", tags=["customers"], **described.EXPORT)
def export_customer(customer: str, here: Here) -> Response:
    """Everything that is known of a customer: who she is, what happened, what was planned and done, and why."""
    with here.app.store.reading() as tx:
        found = export(tx, customer)
    if found is None:
        raise _unknown(customer)
    return Response(msgspec.json.encode(found), media_type="application/json")


@router.delete("/customers/{customer:path}", tags=["customers"], **described.ERASE)
def erase_customer(customer: str, here: Here) -> dict[str, Any]:
    """Forget a customer, for good, with all ids that were merged into hers. What was asked not to be contacted stays
    so, as a keyed hash of the address."""
    found = here.app.store.write(lambda tx: erase(tx, customer, here.app.engine.clock.now()))
    if found is None:
        raise _unknown(customer)
    return {"customer": found.customer, "merged": list(found.merged), "ahead": found.ahead, "touches": found.touches}


def _unknown(customer: str) -> ProblemError:
    return ProblemError(404, "Unknown customer", f"Customer {customer!r} is not known; nothing was done.")
