"""What was expected beside what happened: paired as well as can be, each pair with what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from outreach.rehearsal.cases import TOOK_PLACE, Case, Wanted
from outreach.rehearsal.moments import shown
from outreach.rehearsal.playing import Happened, Played

AHEAD = frozenset({"planned", "listed"})
#: Where what has no moment is listed: last.
END = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Differs:
    """One thing that is not as expected; both in words."""

    what: str
    expected: str
    happened: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a comparison. `mark` is " " as expected, "~" otherwise than expected, "-" expected and missing, "+"
    not expected; `why` explains it."""

    mark: str
    at: datetime
    wanted: Wanted | None = None
    happened: Happened | None = None
    differs: tuple[Differs, ...] = ()
    why: tuple[str, ...] = ()


def compare(case: Case, played: Played) -> list[Line]:
    """All lines of a test, in order of time."""
    lines: list[Line] = []
    if case.expected is not None:
        lines += _beside(case, case.expected, played.ended)
    if case.planned is not None:
        lines += _beside(case, case.planned, played.ahead)
    unwanted = {line.happened.id: line for line in _never(case, played.ended) if line.happened}
    lines = [line for line in lines if line.happened is None or line.happened.id not in unwanted]
    return sorted([*lines, *unwanted.values()], key=lambda line: (line.at, line.mark != " "))


def _beside(case: Case, wanted: Sequence[Wanted], happened: Sequence[Happened]) -> Iterator[Line]:
    """Each step of each customer for itself: nothing else can be meant."""
    steps = dict.fromkeys([*map(_step, wanted), *(_step(h) for h in happened if h.rule in case.rules)])
    for step in steps:
        zone = case.zones[step[0]]
        mine = [w for w in wanted if _step(w) == step]
        theirs = [h for h in happened if _step(h) == step]
        for w, h in _pairs(mine, theirs, zone):
            if w is None and h is not None and h.rule in case.rules:
                yield Line(mark="+", at=h.at, happened=h)
            elif w is not None and h is None:
                yield Line(mark="-", at=w.at.instant(zone) if w.at else END, wanted=w)
            elif w is not None and h is not None:
                found = tuple(differences(w, h, zone))
                yield Line(mark="~" if found else " ", at=h.at, wanted=w, happened=h, differs=found)


def _never(case: Case, happened: Iterable[Happened]) -> Iterator[Line]:
    """What happened and is said never to happen, even if it is expected elsewhere."""
    for h in happened:
        for w in case.never:
            meant = _step(w) == _step(h) if w.step else w.customer == h.customer and h.channel != "task"
            if meant and not list(differences(w, h, case.zones[h.customer])):
                yield Line(mark="+", at=h.at, happened=h, why=(f"line {w.line} says that this never happens",))
                break


def _step(one: Wanted | Happened) -> tuple[str, str, str]:
    return one.customer, one.rule, one.step


def differences(w: Wanted, h: Happened, zone: str) -> Iterator[Differs]:
    """What of `h` isn't as `w` wants it."""
    ended = h.status if not h.reason or h.outcome else f"{h.status}, {h.reason}"
    if not _ends_so(w, h):
        yield Differs(what="status", expected=w.status or (w.reason or "to take place"), happened=ended)
    elif w.reason and h.reason != w.reason and not h.reason.startswith(f"{w.reason}:"):
        yield Differs(what="reason", expected=w.reason, happened=h.reason or "none")
    for what, moment, instant in (("at", w.at, h.at), ("due", w.due, h.due)):
        if moment is not None and not moment.covers(instant, zone):
            yield Differs(what=what, expected=moment.text(zone), happened=shown(instant, zone))
    for what in ("outcome", "address", "variant", "assign"):
        expected, seen = getattr(w, what), getattr(h, what)
        if expected and expected != seen:
            yield Differs(what=what, expected=expected, happened=seen or "none")
    if h.status in TOOK_PLACE | {"listed"}:
        if h.problem:
            yield Differs(what="text", expected="a text without mistakes", happened=h.problem)
        for piece in w.says:
            if _plain(piece) not in _plain(h.text):
                yield Differs(what="says", expected=piece, happened=_plain(h.text))


def _ends_so(w: Wanted, h: Happened) -> bool:
    if w.status:
        return h.status == w.status
    return h.status in AHEAD or (h.status in TOOK_PLACE) != bool(w.reason)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _pairs(wanted: list[Wanted], happened: list[Happened], zone: str) -> list[tuple[Wanted | None, Happened | None]]:
    """As many exact pairs as can be made; then what is left, the likest first; then what stays alone."""
    distance = {
        (i, j): len(list(differences(w, h, zone))) for i, w in enumerate(wanted) for j, h in enumerate(happened)
    }
    taken = matching(len(wanted), len(happened), lambda i, j: distance[i, j] == 0)
    left = sorted(distance, key=lambda ij: (distance[ij], _apart(wanted[ij[0]], happened[ij[1]], zone), ij))
    for i, j in left:
        if i not in taken.values() and j not in taken:
            taken[j] = i
    pairs: list[tuple[Wanted | None, Happened | None]] = [(wanted[i], happened[j]) for j, i in taken.items()]
    pairs += [(w, None) for i, w in enumerate(wanted) if i not in taken.values()]
    return pairs + [(None, h) for j, h in enumerate(happened) if j not in taken]


def _apart(w: Wanted, h: Happened, zone: str) -> timedelta:
    return abs(h.at - w.at.instant(zone)) if w.at else timedelta(0)


def matching(many: int, others: int, fits: Callable[[int, int], bool]) -> dict[int, int]:
    """A largest set of fitting pairs, other → one (augmenting paths; Kuhn 1955): a loose expectation must not take the
    only contact that fits a strict one."""
    taken: dict[int, int] = {}

    def place(one: int, tried: set[int]) -> bool:
        for other in range(others):
            if other not in tried and fits(one, other):
                tried.add(other)
                if other not in taken or place(taken[other], tried):
                    taken[other] = one
                    return True
        return False

    for one in range(many):
        place(one, set())
    return taken


def explained(line: Line, why: Iterable[str]) -> Line:
    """The line with these reasons, after those it has."""
    return replace(line, why=(*line.why, *why))
