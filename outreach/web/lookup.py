"""Looking any customer up, on the list or not: by id, phone or e-mail at once, by the beginnings of a name."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from outreach.core.customer import Customer
from outreach.doors.addresses import email, phone
from outreach.doors.checks import Unfit
from outreach.flow.forwarding import known_as
from outreach.store.finding import Finding
from outreach.store.store import Transaction
from outreach.store.views import Place
from outreach.web.access import person
from outreach.web.front import Front, Here
from outreach.web.outcomes import clean
from outreach.web.places import name_of_place, place_of

#: Shown on one page.
ROWS = 25
LONGEST = 100

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(person)], include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Who was found, and where the search goes on."""

    people: list[Customer]
    next: Place | None = None


@router.get("/customers")
def customers(here: Here, q: str = "", after: str = "") -> HTMLResponse:
    """Find a customer."""
    asked = clean(q)[:LONGEST]
    found = look_up(here, asked, place_of(after)) if asked else Answer(people=[])
    return here.page("customers.html", q=asked, people=found.people, next=name_of_place(found.next))


def look_up(here: Front, asked: str, after: Place | None = None) -> Answer:
    """Who is meant: exactly by an id or an address, which are indexed; else whoever fits. Raises DatabaseError."""
    with here.app.store.reading() as tx:
        exact = [] if after else exactly(tx, asked)
        if exact:
            return Answer(people=exact)
        found = Finding(tx.house.conn, tx.tenant).like(asked, after, ROWS)
        known = tx.customers.get(found.ids)
    return Answer(people=[known[id_] for id_ in found.ids if id_ in known], next=found.next)


def exactly(tx: Transaction, asked: str) -> list[Customer]:
    """Whoever has this id, now or before a merge; else everybody who is reached by this address."""
    by_id = known_as(tx, asked)
    if by_id is not None:
        return [by_id]
    ids = tx.customers.sharing([tx.customers.key(address) for address in _addresses(asked)])
    return sorted(tx.customers.get(ids).values(), key=lambda c: (c.last_name, c.first_name, c.id))[:ROWS]


def _addresses(asked: str) -> list[str]:
    """The number or e-mail that this is, in the form in which it is kept."""
    try:
        return [email(asked) if "@" in asked else phone(asked)]
    except Unfit:
        return []
