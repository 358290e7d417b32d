"""The staff's own phones: typed on her own page or by an administrator, kept in one form, and told to nobody else."""

from __future__ import annotations

from outreach.doors.addresses import phone, rings
from outreach.doors.checks import Unfit
from outreach.errors import InputError
from outreach.staff.accounts import fold
from outreach.web.front import Front


def checked_phone(text: str) -> str:
    """E.164; "" for nothing. Raises InputError."""
    typed = text.strip()
    if not typed:
        return ""
    if not typed.startswith("+"):
        raise InputError("begin the number with + and the country's code, such as +12125550101")
    try:
        found = phone(typed)
    except Unfit as unfit:
        raise InputError(str(unfit)) from None
    if not rings(found):
        raise InputError("that number costs whoever calls it: give a usual one")
    return found


def phone_of(here: Front) -> str:
    """The phone of who asks; "" where she has none, or nothing is put through here."""
    if here.app.caller is None or not here.visitor.session:
        return ""
    with here.app.store.reading() as tx:
        account = tx.access.account(fold(here.visitor.name))
    return account.phone if account is not None else ""
