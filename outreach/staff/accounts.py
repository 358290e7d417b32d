"""The staff's accounts: made, given a role or a new password, closed. The last administrator can't be lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from unicodedata import category, normalize

from outreach.errors import InputError
from outreach.staff import passwords
from outreach.staff.roles import ROLES
from outreach.store.access import Account
from outreach.store.store import Store, Transaction

LONGEST_NAME = 80


def fold(name: str) -> str:
    """By this an account is found: `LENA` and `Lena ` are Lena."""
    return " ".join(normalize("NFKC", name).casefold().split())


def checked_name(name: str) -> str:
    """A name as it will be shown. Raises InputError."""
    shown = " ".join(normalize("NFC", name).split())
    if not 0 < len(shown) <= LONGEST_NAME or any(category(c)[0] == "C" for c in shown):
        raise InputError(f"a name has 1 to {LONGEST_NAME} characters, all of which can be seen: {name[:100]!r} hasn't")
    return shown


def checked_role(role: str) -> str:
    """A role that there is. Raises InputError."""
    if role not in ROLES:
        raise InputError(f"there is no role {role[:40]!r}: one of {', '.join(ROLES)}")
    return role


def add(store: Store, name: str, role: str, now: datetime, password: str = "") -> str:
    """Open an account, or one again that was closed; the password to begin with: the given one, or one that is made up
    here and has to be replaced at the first sign-in. Raises InputError."""
    shown, first = checked_name(name), password and passwords.checked(password, name)
    given = first or passwords.one_time()
    account = Account(
        id=fold(shown), name=shown, role=checked_role(role), password=passwords.hashed(given), one_time=not first,
        active=True, made=now,
    )  # fmt: skip

    def write(tx: Transaction) -> None:
        known = tx.access.account(account.id)
        if known is not None and known.active:
            raise InputError(f"{known.name} has an account already: `outreach users password` gives it a new password")
        if role != "admin" and not tx.access.anybody():
            raise InputError("the first account has to be an administrator's: --role admin")
        tx.access.save_account(account)

    store.write(write)
    return given


def set_password(store: Store, name: str, password: str = "", keep: str = "") -> str:
    """A new password, made up if none is given (then it is for one time); every browser of the account is signed out,
    but perhaps one (`keep`, the session's id). Raises InputError."""
    known = find(store, name)
    first = password and passwords.checked(password, known.name)
    given = first or passwords.one_time()
    hashed = passwords.hashed(given)

    def write(tx: Transaction) -> None:
        tx.access.save_account(replace(_found(tx, name), password=hashed, one_time=not first))
        tx.access.end_sessions(known.id, keep)

    store.write(write)
    return given


def set_role(store: Store, name: str, role: str) -> None:
    """Another role, from the next click on. Raises InputError."""
    checked_role(role)

    def write(tx: Transaction) -> None:
        known = _found(tx, name)
        if role != "admin":
            _keep_one(tx, known)
        tx.access.save_account(replace(known, role=role))

    store.write(write)


def set_phone(store: Store, name: str, phone: str) -> None:
    """Her own phone, in E.164, to which calls are put through; "" for none. Raises InputError."""
    store.write(lambda tx: tx.access.save_account(replace(_found(tx, name), phone=phone)))


def remove(store: Store, name: str) -> None:
    """Close an account, sign its browsers out and forget her phone; what was done under its name stays. Raises
    InputError."""

    def write(tx: Transaction) -> None:
        known = _found(tx, name)
        _keep_one(tx, known)
        tx.access.save_account(replace(known, active=False, phone=""))
        tx.access.end_sessions(known.id)

    store.write(write)


def find(store: Store, name: str) -> Account:
    """An account that is open. Raises InputError."""
    with store.reading() as tx:
        return _found(tx, name)


def _found(tx: Transaction, name: str) -> Account:
    known = tx.access.account(fold(name))
    if known is None or not known.active:
        raise InputError(f"nobody of the name {name[:100]!r} has an account: `outreach users list` shows all")
    return known


def _keep_one(tx: Transaction, leaving: Account) -> None:
    tx.house.set(f"hold:{tx.tenant}:accounts", "")  # two administrators who remove each other: one after the other
    others = [a for a in tx.access.accounts() if a.active and a.role == "admin" and a.id != leaving.id]
    if leaving.role == "admin" and not others:
        raise InputError(f"{leaving.name} is the only administrator: make another first (`--role admin`)")
