"""The judgement of one test: played, compared, and explained where it is not as expected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from outreach.rehearsal.cases import Case
from outreach.rehearsal.comparing import Line, compare, explained
from outreach.rehearsal.explaining import explain
from outreach.rehearsal.moments import shown
from outreach.rehearsal.playing import Played, Stage, play


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a test: its lines in order of time, and what else is worth knowing when it failed."""

    case: Case
    lines: tuple[Line, ...]
    refused: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything came as expected."""
        return not self.refused and all(line.mark == " " for line in self.lines)


def judge(case: Case, stage: Stage) -> Result:
    """Play a test and judge it."""
    played = play(case, stage)
    lines = tuple(
        line if line.mark == " " else explained(line, explain(case, played, line)) for line in compare(case, played)
    )
    failed = bool(played.refused) or any(line.mark != " " for line in lines)
    notes = tuple(_unmet(case, played)) if failed else ()
    return Result(case=case, lines=lines, refused=tuple(played.refused), notes=notes)


def _unmet(case: Case, played: Played) -> Iterator[str]:
    """Outcomes that met no call or task: probably said at the wrong time."""
    with played.engine.store.reading() as tx:
        traces = [t for person, _ in case.people for t in tx.traces.of(person.id) if t.decision == "done"]
    met = {reason.numbers.get("event") for trace in traces for reason in trace.reasons}
    for event in case.given:
        if event.type == "outcome" and event.id not in met:
            about = f"{event.data.get('rule')}/{event.data.get('step')}"
            when = shown(event.time, case.zones[event.customer])
            yield f"the outcome `{event.data['outcome']}` of {when} met no call or task {about} that was open then"
