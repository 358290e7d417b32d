"""Why: what was decided about a contact that nobody expected or that came otherwise, and why an expected one never was.

The decisions are those that `outreach why` tells; nothing here is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from json import dumps
from typing import Any, Final

from outreach.core.follow_up import FollowUp
from outreach.core.stepping import told as came_to
from outreach.core.trace import Reason, Trace
from outreach.engine import Engine
from outreach.flow.situations import events_of, situation_of
from outreach.rehearsal.cases import Case, Wanted
from outreach.rehearsal.comparing import Line
from outreach.rehearsal.moments import shown
from outreach.rehearsal.playing import Happened, Played
from outreach.why import Miss, Told, why

#: Decisions that say nothing about why it came as it came.
PLAIN: Final = frozenset({"planned", "noted", "listed", "claimed", "sent", "done"})
#: Differences that decisions explain.
ABOUT_WHEN: Final = frozenset({"status", "reason", "at", "due"})
#: Of the decisions about one follow-up no more are shown.
MOST: Final = 4


def explain(case: Case, played: Played, line: Line) -> Iterator[str]:
    """Sentences that explain a line that isn't as expected."""
    if line.wanted is not None and line.happened is None:
        yield from _missing(case, played, line.wanted)
    elif line.happened is not None and (line.mark == "+" or {d.what for d in line.differs} & ABOUT_WHEN):
        yield from _decided(case, played.engine, line.happened, planned=line.mark == "+")


def _decided(case: Case, engine: Engine, h: Happened, *, planned: bool) -> Iterator[str]:
    """What set a follow-up off, and what was decided about it."""
    zone = case.zones[h.customer]
    told = next(t for t in why(engine, h.customer, h.rule).told if t.follow_up.id == h.id)
    if planned:
        begun = next((t for t in told.traces if t.decision == "planned"), None)
        reasons = [r for r in begun.reasons if r.code != "due"] if begun else []
        yield "planned " + ", because ".join(_words(r) for r in reasons)
    decisions = [t for t in told.traces if t.decision not in PLAIN and t.reasons]
    yield from (_decision(t, zone) for t in decisions[:MOST])
    if len(decisions) > MOST:
        yield f"… and {len(decisions) - MOST} decisions more"


def _decision(trace: Trace, zone: str) -> str:
    return f"{shown(trace.at, zone)} {trace.decision}: " + "; ".join(_words(r) for r in trace.reasons)


def _missing(case: Case, played: Played, w: Wanted) -> Iterator[str]:
    zone = case.zones[w.customer]
    answer = why(played.engine, w.customer, w.rule)
    mine = [t for t in answer.told if t.follow_up.rule == w.rule]
    ahead = [t for t in mine if t.follow_up.step == w.step and t.follow_up.wake is not None]
    if not mine:
        yield from (_miss(case, miss) for miss in answer.misses)
    elif ahead:
        yield from (_ahead(t, zone) for t in ahead)
    else:
        found = list(_passed_over(played.engine, mine, w))
        yield from found or ["it came only as often as is expected elsewhere: no further run of the rule began"]


def _miss(case: Case, miss: Miss) -> str:
    reasons = "; ".join(_words(r, holds=False) for r in miss.reasons)
    event = next((e for e in case.given if e.id == miss.event), None)
    if event is None:
        return f"the rule never started: {reasons}"
    return f"the rule didn't start on {event.type} of {shown(event.time, case.zones[event.customer])}: {reasons}"


def _ahead(told: Told, zone: str) -> str:
    f = told.follow_up
    if f.state == "listed":
        return "it is still on the list: nobody has done it when the test ends"
    when = f"planned for {shown(told.next or f.due, zone)}"
    held = "; ".join(_words(r) for r in told.obstacles)
    return f"it still lies ahead when the test ends, {when}" + (f": {held}" if held else "")


def _passed_over(engine: Engine, mine: Iterable[Told], w: Wanted) -> Iterator[str]:
    """What came of the step before, in each run that has not come to this one."""
    rule = engine.rules[w.rule]
    index = next(s.index for s in rule.steps if s.name == w.step)
    runs: dict[str, list[FollowUp]] = {}
    for t in mine:
        runs.setdefault(t.follow_up.run, []).append(t.follow_up)
    for run in runs.values():
        before = [f for f in run if f.index < index]
        if before and all(f.index != index for f in run):
            yield _after(engine, max(before, key=lambda f: f.index), index)


def _after(engine: Engine, last: FollowUp, index: int) -> str:
    """Why nothing came after `last`."""
    if last.ended is None:
        return f"`{last.step}` before it hasn't ended"
    ended = f"`{last.step}` before it came to {last.outcome or last.state}" + (
        f" ({last.reason})" if last.reason and last.reason != last.outcome else ""
    )
    step = engine.rules[last.rule].steps[index]
    if step.when is None:
        return ended
    false = [source + _seen(seen) for source, holds, seen in step.when.explain(_scope(engine, last)) if not holds]
    return f"{ended}, and so its condition is false: {'; '.join(false)}" if false else ended


def _scope(engine: Engine, last: FollowUp) -> Any:
    """What the condition of the step after `last` looked at."""
    with engine.store.reading() as tx:
        event, customer = events_of(tx, [last])[last.id], tx.customers.get([last.customer])[last.customer]
        here = situation_of(tx, last, engine.rules[last.rule], customer, event, engine.clock.now(), engine.policy)
    here.previous = came_to(last)
    return here.scope()


def _words(reason: Reason, *, holds: bool = True) -> str:
    """A reason for a reader: its code and its text; of a condition, what it saw."""
    if reason.code == "when":
        return f"{reason.text}{'' if holds else ' is false'}{_seen(reason.numbers)}"
    if reason.code.startswith(("on:", "after:")):
        return reason.code.replace(":", " ", 1)
    return f"{reason.code}, {reason.text}" if reason.text else reason.code


def _seen(values: Mapping[str, Any]) -> str:
    told = ", ".join(f"{name} is {dumps(value, ensure_ascii=False, default=str)}" for name, value in values.items())
    return f" ({told})" if told else ""
