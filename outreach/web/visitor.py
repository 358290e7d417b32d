"""Who it is that asks: a person who signed in, a program with a key, or nobody we know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import Request

from outreach.staff import roles
from outreach.staff.limits import network


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """`name` is what deeds are recorded under ("" when none was asked for), `token` what her forms carry, `session` the
    word of her cookie. Only who has an account has one."""

    name: str = ""
    role: str = ""
    token: str = ""
    session: str = ""
    one_time: bool = False

    def may(self, right: str) -> bool:
        """Whether her role lets her."""
        return roles.may(self.role, right)


#: Nobody we know.
STRANGER: Final = Visitor()


def address_of(request: Request, proxies: frozenset[str]) -> str:
    """To whom tries are counted: the computer that asks, or, behind a proxy that is believed, the one it names last."""
    host = request.client.host if request.client else ""
    passed = request.headers.get("x-forwarded-for", "").split(",")[-1].strip()
    return network(passed if passed and host in proxies else host)
