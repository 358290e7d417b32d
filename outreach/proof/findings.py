"""What a proof comes to: how often each thing was asked, what was broken, and what can't be judged."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

#: What is asked, in the order of the report.
CHECKS: Final = (
    "gap", "cap", "back_off", "silence", "hold", "hours", "holiday", "law", "consent", "suppression", "one_touch",
    "entries", "follow_up", "twice", "reason", "lease", "attempt",
)  # fmt: skip
#: Of each kind no more are told than this, however many are counted.
MOST: Final = 1000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def moment(at: int) -> str:
    """Microseconds since 1970 as RFC 3339."""
    return (_EPOCH + timedelta(microseconds=at)).isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that should not be: which check, by which rule (`cap:4/30d`, `law:us:hours`), whose ledger (`c:ID`,
    `a:KEY`), which touches or follow-ups, when (RFC 3339, "" without a moment), in words, and the numbers."""

    check: str
    rule: str
    subject: str
    ids: tuple[str, ...]
    at: str
    said: str
    numbers: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Findings:
    """The result. `asked` and `broken` count by check; `faults` and `by_hand` list the first thousand of each check;
    `not_judged` counts by reason."""

    touches: int = 0
    customers: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    by_hand: list[Fault] = field(default_factory=list)
    not_judged: Counter[str] = field(default_factory=Counter)

    @property
    def violations(self) -> int:
        """How many there are in all."""
        return sum(self.broken.values())

    @property
    def said(self) -> str:
        """The sentence that everything else explains."""
        what = "violation" if self.violations == 1 else "violations"
        return f"{self.violations:,} {what} in {self.touches:,} touches of {self.customers:,} customers"

    def broke(self, fault: Fault) -> None:
        """The engine did what it should never do."""
        self.broken[fault.check] += 1
        if self.broken[fault.check] <= MOST:
            self.faults.append(fault)

    def made_by_hand(self, fault: Fault) -> None:
        """Somebody did what the engine would not have done."""
        if len(self.by_hand) < MOST:
            self.by_hand.append(fault)

    def plain(self) -> dict[str, Any]:
        """For programs."""
        checks = {c: {"asked": self.asked[c], "broken": self.broken[c]} for c in CHECKS}
        return {
            "said": self.said, "touches": self.touches, "customers": self.customers, "violations": self.violations,
            "checks": checks, "faults": [asdict(f) for f in self.faults], "by_hand": [asdict(f) for f in self.by_hand],
            "not_judged": dict(self.not_judged),
        }  # fmt: skip
