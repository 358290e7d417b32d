"""The plan: all follow-ups of one customer that lie ahead, arranged so that caps hold and the important ones come
through.

Of all arrangements that keep the cadence, it is the one that keeps the most important follow-up, then the second, and
so on (ties: earlier due, rule, id); among those that keep the same, the one in which the most important is nearest to
its wish, then the second, and so on. So it doesn't depend on the order of arrival, a small touch never takes the room
of a bigger one that is already planned, and doing its first part leaves its rest as it is. It is exact; `keeping` says
up to how many, and what it does beyond.

What doesn't obey caps goes at its own moment, whatever else is planned. The others keep their distance from it when it
comes first, and also when it comes after them and is the more important one.

Those whose rule says `on_cap: merge` may join another one instead of taking a place of their own; `joining` has the
rules. Neither what is refused nor what is held joins anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from outreach.core.follow_up import TOUCHING, FollowUp
from outreach.core.guard import Policy, opening, refusal
from outreach.core.joining import best
from outreach.core.ledger import Touch
from outreach.core.room import instant
from outreach.core.standing import Standing
from outreach.core.survey import survey
from outreach.core.trace import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a follow-up stands in the plan: `at` is its moment, None when it finds none while it is worth something.

    `joins` is the id of the follow-up that it joins as one more reason; its moment is that one's then. `refused` is set
    when it must not happen at all; `reasons` say what moved or stopped it.
    """

    at: datetime | None
    reasons: tuple[Reason, ...] = ()
    refused: Reason | None = None
    joins: str = ""


def by_importance(f: FollowUp) -> tuple[int, datetime, str, str]:
    """The order in which follow-ups are given room."""
    return (-f.priority, f.due, f.rule, f.id)


def arrange(
    now: datetime, ahead: Iterable[FollowUp], standing: Standing, policy: Policy,
    may_join: AbstractSet[str] = frozenset(),
) -> Mapping[str, Place]:  # fmt: skip
    """Place every follow-up of one customer that lies ahead, by id. Pure: the same facts give the same plan.

    `may_join` are the ids of those that may join another one. Moments are settled at once; what stood in the way of
    each is asked of the guard when its place is looked at.
    """
    return Plan(now, sorted(ahead, key=by_importance), standing, policy, may_join)


class Plan(Mapping[str, Place]):
    """The places of these follow-ups (the most important first), by id."""

    def __init__(
        self, now: datetime, ahead: list[FollowUp], standing: Standing, policy: Policy, may_join: AbstractSet[str]
    ) -> None:
        self._now, self._standing, self._policy = now, standing, policy
        self._ahead = {f.id: f for f in ahead}
        self._places: dict[str, Place] = {}
        self._joins: dict[str, str] = {}
        self._moments: dict[str, datetime] | None = None
        self._touches: list[tuple[FollowUp, Touch]] = []
        if len(ahead) > 1:
            self._settle([f for f in ahead if f.channel in TOUCHING and not self._refused(f)], may_join)

    def __getitem__(self, id: str) -> Place:
        place = self._places.get(id)
        if place is None:
            f = self._ahead[id]
            self._places[id] = place = self._refused(f) or self._place(f, max(self._now, f.due))
        return place

    def __iter__(self) -> Iterator[str]:
        return iter(self._ahead)

    def __len__(self) -> int:
        return len(self._ahead)

    def _refused(self, f: FollowUp) -> Place | None:
        refused = refusal(f, self._standing, self._policy)
        if refused is None:
            return None
        place = self._places[f.id] = Place(at=None, refused=refused, reasons=(refused,))
        return place

    def _settle(self, ahead: list[FollowUp], may_join: AbstractSet[str]) -> None:
        """Find everybody's moment."""
        if len(ahead) < 2:
            return
        moments, self._joins = best(survey(self._now, ahead, self._standing, self._policy, may_join))
        self._moments = {id: instant(t) for id, t in moments.items()}
        self._touches = [(f, self._planned(f, at)) for f in ahead if (at := self._moments.get(f.id)) is not None]

    def _place(self, f: FollowUp, wish: datetime) -> Place:
        """The guard has the last word: it says what stands in the way, and whether the moment found is free indeed."""
        if self._moments is None or f.channel not in TOUCHING:
            found = opening(f, wish, self._standing, self._policy)
            return Place(at=_worth(f, found.at), reasons=found.reasons)
        at = self._moments.get(f.id)
        beside = list(self._beside(f, at or f.valid_until))
        found = opening(f, wish, self._standing, self._policy, beside)
        if f.id in self._joins:
            return self._joined(f, found.reasons)
        if at is not None and found.at != at:
            again = opening(f, at, self._standing, self._policy, beside)
            return Place(at=_worth(f, again.at), reasons=(*found.reasons, *again.reasons))
        return Place(at=at, reasons=found.reasons)

    def _joined(self, f: FollowUp, reasons: tuple[Reason, ...]) -> Place:
        winner = self._ahead[self._joins[f.id]]
        merge = Reason(code="merge", text=f"joins the {f.channel} of {winner.rule}", numbers={"into": winner.id})
        return Place(at=self[winner.id].at, reasons=(*reasons, merge), joins=winner.id)

    def _beside(self, f: FollowUp, at: datetime) -> Iterator[Touch]:
        """The planned touches that `f` has to reckon with at that moment. One that doesn't obey caps goes anyway, so
        what is more important needs to keep its distance only behind it."""
        for other, touch in self._touches:
            anyway = not self._policy.cadence.policy(other.purpose).obeys_caps
            if other is not f and not (anyway and touch.at > at and by_importance(f) < by_importance(other)):
                yield touch

    def _planned(self, f: FollowUp, at: datetime) -> Touch:
        counts = self._policy.cadence.policy(f.purpose).counts
        return Touch(id=f.id, customer=f.customer, at=at, channel=f.channel, purpose=f.purpose, counts=counts)


def _worth(f: FollowUp, at: datetime | None) -> datetime | None:
    return at if at is not None and at <= f.valid_until else None
