"""A watch: when a rule that no event sets off must look at a customer next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """`wake` is None while nothing can make the rule fire (no birthday known, a silence that has been answered to).
    `version` is the version of the rule that reckoned it: another one reckons anew."""

    customer: str
    rule: str
    wake: datetime | None
    version: str
