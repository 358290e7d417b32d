"""The plan: all follow-ups of one customer that lie ahead, arranged so that caps hold and the important ones come
through.

Of all arrangements that keep the cadence, it is the one that keeps the most important follow-up, then the second, and
so on (ties: earlier due, rule, id); among those that keep the same, the one in which the most important is nearest to
its wish, then the second, and so on. So it doesn't depend on the order of arrival, a small touch never takes the room
of a bigger one that is already planned, and doing its first part leaves its rest as it is. `keeping` says up to how
many it is exact, and what it does beyond.

What doesn't obey caps goes at its own moment, or at the first that the laws leave it, whatever else is planned. The
others keep their distance from it when it comes first, and also when it comes after them and is the more important one;
a law's limit they share with it in any order.

The search knows all that the guard knows of other contacts: gap, caps, limits of laws, back-off. The guard still has
the last word, and says what stood in the way.

Those whose rule says `on_cap: merge` may join another one instead of taking a place of their own; `joining` has the
terms. Neither what is refused nor what is held joins anything. Those whose rule says `on_cap: drop` take their own
moment or none, and nobody more important waits for them.
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

#: So many are asked of the guard one after the other before anything is searched: nearly always none is in another's
#: way, and then that is all there is to do.
FEW = 3


@dataclass(slots=True, kw_only=True)
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
    may_join: AbstractSet[str] = frozenset(), drops: AbstractSet[str] = frozenset(),
) -> Mapping[str, Place]:  # fmt: skip
    """Place every follow-up of one customer that lies ahead, by id. Pure: the same facts give the same plan.

    `may_join` are the ids of those that may join another one, `drops` of those that are dropped rather than put off.
    Moments are settled at once; what stood in the way of each is asked of the guard when its place is looked at.
    """
    return Plan(now, sorted(ahead, key=by_importance), standing, policy, may_join, drops)


class Plan(Mapping[str, Place]):
    """The places of these follow-ups (the most important first), by id."""

    def __init__(
        self, now: datetime, ahead: list[FollowUp], standing: Standing, policy: Policy, may_join: AbstractSet[str],
        drops: AbstractSet[str],
    ) -> None:  # fmt: skip
        self._now, self._standing, self._policy = now, standing, policy
        self._ahead = {f.id: f for f in ahead}
        self._places: dict[str, Place] = {}
        self._refusals: dict[tuple[str, str], Reason | None] = {}
        self._moments: dict[str, datetime] | None = None
        self._joins: dict[str, str] = {}
        self._touches: list[tuple[FollowUp, Touch]] = []
        if len(ahead) > 1:
            some = [f for f in ahead if f.channel in TOUCHING and not self._refused(f)]
            if len(some) > 1 and not (len(some) <= FEW and self._turns(some, may_join | drops)):
                self._search(some, may_join, drops)

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
        kind = f.channel, f.purpose
        if kind not in self._refusals:
            self._refusals[kind] = refusal(f, self._standing, self._policy)
        refused = self._refusals[kind]
        if refused is None:
            return None
        place = self._places[f.id] = Place(at=None, refused=refused, reasons=(refused,))
        return place

    def _turns(self, ahead: list[FollowUp], wanting: AbstractSet[str]) -> bool:
        """Take turns by importance; False when somebody is lost by it, or put off that may join or drops instead, or
        when they don't all look at the same touches: then there is more to be asked."""
        places: dict[str, Place] = {}
        planned: list[Touch] = []
        for f in ahead:
            wish = max(self._now, f.due)
            if not self._plain(f):
                return False
            found = opening(f, wish, self._standing, self._policy, planned)
            at = _worth(f, found.at)
            if (at != wish and f.id in wanting) or (at is None and planned and self._alone(f, wish) is not None):
                return False
            places[f.id] = Place(at=at, reasons=found.reasons)
            if at is not None and f is not ahead[-1]:
                planned.append(planned_touch(f, at, self._policy))
        self._places |= places
        return True

    def _plain(self, f: FollowUp) -> bool:
        """Whether it obeys all limits, counts in all, and shares its address with nobody who was touched."""
        rule = self._policy.cadence.policy(f.purpose)
        seen = self._standing.touches_for(f.channel)
        return rule.obeys_caps and rule.counts == "yes" and len(seen) == len(self._standing.touches)

    def _alone(self, f: FollowUp, wish: datetime) -> datetime | None:
        """When it would happen if nothing else were planned."""
        return _worth(f, opening(f, wish, self._standing, self._policy).at)

    def _search(self, ahead: list[FollowUp], may_join: AbstractSet[str], drops: AbstractSet[str]) -> None:
        moments, self._joins = best(survey(self._now, ahead, self._standing, self._policy, may_join, drops))
        self._moments = {id: instant(t) for id, t in moments.items()}
        self._touches = [
            (f, planned_touch(f, at, self._policy)) for f in ahead if (at := self._moments.get(f.id)) is not None
        ]

    def _place(self, f: FollowUp, wish: datetime) -> Place:
        """The guard has the last word: it says what stands in the way, and whether the moment found is free indeed."""
        if self._moments is None or f.channel not in TOUCHING:
            found = opening(f, wish, self._standing, self._policy)
            return Place(at=_worth(f, found.at), reasons=found.reasons)
        at = self._moments.get(f.id)
        everybody = list(self._beside(f, at or f.valid_until))
        if at == wish and opening(f, at, self._standing, self._policy, [touch for _, touch in everybody]).at == at:
            return Place(at=at)
        bigger = [touch for other, touch in everybody if by_importance(other) < by_importance(f)]
        beside = [touch for _, touch in everybody]
        found = opening(f, wish, self._standing, self._policy, bigger)
        if _worth(f, found.at) != at:
            found = opening(f, wish, self._standing, self._policy, beside)
        if f.id in self._joins:
            return self._joined(f, found.reasons)
        if at is not None and (len(bigger) < len(beside) or found.at != at):
            at = _worth(f, opening(f, at, self._standing, self._policy, beside).at)
        return Place(at=at, reasons=found.reasons or (() if at == wish or wish > f.valid_until else _ROOM))

    def _joined(self, f: FollowUp, reasons: tuple[Reason, ...]) -> Place:
        winner = self._ahead[self._joins[f.id]]
        merge = Reason(code="merge", text=f"joins the {f.channel} of {winner.rule}", numbers={"into": winner.id})
        return Place(at=self[winner.id].at, reasons=(*reasons, merge), joins=winner.id)

    def _beside(self, f: FollowUp, at: datetime) -> Iterator[tuple[FollowUp, Touch]]:
        """The planned touches that `f` has to reckon with at that moment. One that doesn't obey caps goes anyway, so
        what is more important needs to keep its distance only behind it; of two such at one moment the less important
        one is behind."""
        either = not self._policy.cadence.policy(f.purpose).obeys_caps
        for other, touch in self._touches:
            behind = touch.at > at or (either and touch.at == at)
            anyway = behind and not self._policy.cadence.policy(other.purpose).obeys_caps
            if other is not f and not (anyway and by_importance(f) < by_importance(other)):
                yield other, touch


_ROOM = (Reason(code="room", text="there is no room beside more important contacts"),)


def planned_touch(f: FollowUp, at: datetime, policy: Policy) -> Touch:
    """The place that `f` will take in the ledger."""
    counts = policy.cadence.policy(f.purpose).counts
    return Touch(id=f.id, customer=f.customer, at=at, channel=f.channel, purpose=f.purpose, counts=counts)


def _worth(f: FollowUp, at: datetime | None) -> datetime | None:
    return at if at is not None and at <= f.valid_until else None
