"""What each role may do on the pages, and which scopes a program's key may have."""

from __future__ import annotations

from typing import Final, Literal, get_args

#: `see` lists, customers and what was sent; `work` the list: outcomes, contacts by hand; see the `rules`; `steer` one:
#: pause, resume; read the `reports`; `manage`: the manager's page; `house`: accounts, keys, erasing, the big switch.
#: `self` is one's own password and signing out.
Right = Literal["self", "see", "work", "rules", "steer", "reports", "manage", "house"]
Scope = Literal["ingest", "read", "admin"]

ALL: Final = frozenset(get_args(Right))
ROLES: Final[dict[str, frozenset[str]]] = {
    "staff": frozenset({"self", "see", "work"}),
    "marketing": frozenset({"self", "see", "rules", "steer", "reports"}),
    "owner": frozenset({"self", "see", "rules", "reports", "manage"}),
    "admin": ALL,
}
SCOPES: Final = tuple(get_args(Scope))


def may(role: str, right: str) -> bool:
    """Whether this role has this right; a role that isn't known has none."""
    return right in ROLES.get(role, frozenset())
