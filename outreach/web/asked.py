"""A deed on its way: the form, whose it is, and the card it speaks of."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response

from outreach import desk
from outreach.web.access import Person
from outreach.web.body import Form
from outreach.web.front import Front, Here
from outreach.web.me import Me, keep_name, named
from outreach.web.onward import Fields, accepted, onward
from outreach.web.outcomes import check_lengths, clean
from outreach.web.tokens import back, check_token


class Asked:
    """One deed on its way: the form, whose it is, and the card it speaks of."""

    def __init__(self, request: Request, here: Here, form: Form, signed_in: Person, me: Me, follow_up: str = ""):
        self.here: Front = here
        self.form: Fields = form
        self.path, self.card, self.signed_in = request.url.path, follow_up, signed_in
        self.quick = "application/json" in request.headers.get("accept", "")
        self.name, self.before = named(me, signed_in, form), me
        self.note = clean(form.get("note", ""))

    def done(self, said: str) -> Response:
        """Go on."""
        return onward(self.here, self.form, self.name, self.signed_in, said=said, card=self.card)

    def to(self, path: str, **query: str) -> Response:
        """Go there."""
        answer = back(path, **query, assign=self.form.get("assign", ""))
        keep_name(answer, self.name, self.signed_in)
        return answer


Deed = Annotated[Asked, Depends()]


def ready(it: Asked) -> None:
    """Raises ProblemError. Whoever opened the card in this browser and now gives another name is the same person."""
    check_token(it.here, it.form)
    check_lengths(it.note, it.name)
    if it.before and it.before != it.name:
        desk.release(it.here.app.engine, it.card, it.before)


def keep_note(it: Asked) -> None:
    """What was written beside another deed is a note on the customer. Raises DatabaseError, ProblemError."""
    if not it.note:
        return
    with it.here.app.store.reading() as tx:
        found = tx.follow_ups.named(it.card)
    if found is not None:
        accepted(desk.add_note(it.here.app.engine, found.customer, it.note, it.name))
