"""Which rules an event type concerns: looked up once a type, so that an event meets only its own rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from outreach.core.alike import Kind, has_kinds
from outreach.core.policy import MOST, Policy
from outreach.core.rule import OnInactive, OnMissing, Rule, type_matches
from outreach.core.starting import covers
from outreach.core.stopping import key_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """`starting`: rules that may begin a run; `touching`: names of rules whose open runs may end or move; `facts`:
    event types of the past that conditions ask for; `windowed`: rules that ask when they last began; `asks_open`:
    whether a condition asks for open holds; `rousing`: rules whose silence such an event ends; `ending`: event
    types that end what it begins."""

    starting: tuple[Rule, ...]
    touching: frozenset[str]
    facts: frozenset[str]
    windowed: tuple[str, ...]
    asks_open: bool = False
    rousing: tuple[Rule, ...] = ()
    ending: frozenset[str] = frozenset()

    @property
    def only_starts(self) -> bool:
        """Whether such an event leaves everything alone that is going on already."""
        return not (self.touching or self.rousing)


class RuleIndex(Mapping[str, Rule]):
    """All rules by name, and what concerns each event type."""

    def __init__(self, rules: Iterable[Rule]):
        self._rules = {rule.name: rule for rule in rules}
        self._by_type: dict[str, Concerned] = {}
        #: Names of rules whose runs may begin alike.
        self.alike = frozenset(r.name for r in self._rules.values() if has_kinds(r))
        #: The first of each kind, by rule, zone, country and region.
        self._kinds: dict[tuple[str, str, str, str], Kind] = {}
        #: Rules that no event sets off, of those that are switched on.
        self.by_clock = tuple(r for r in self._rules.values() if r.active and r.by_clock)

    def __getitem__(self, name: str) -> Rule:
        return self._rules[name]

    def get(self, name: str, default: Rule | None = None) -> Rule | None:  # type: ignore[override]
        """As of any mapping, which would ask by way of an exception."""
        return self._rules.get(name, default)

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)

    def of(self, event_type: str) -> Concerned:
        """What concerns events of this type."""
        found = self._by_type.get(event_type)
        if found is None:
            found = self._by_type[event_type] = self._concerned(event_type)
        return found

    def kind(self, key: tuple[str, str, str, str], policy: Policy) -> Kind | None:
        """What is known of the runs of this rule in this zone, country and region (see `core.alike`)."""
        found = self._kinds.get(key)
        return found if found is not None and found.policy is policy else None

    def keep(self, kind: Kind, country: str, region: str) -> None:
        """Know it from now on."""
        if len(self._kinds) >= MOST:
            self._kinds.clear()
        self._kinds[kind.rule.name, kind.zone, country, region] = kind

    def _concerned(self, event_type: str) -> Concerned:
        rules = self._rules.values()
        starting = tuple(r for r in rules if covers(r, event_type))
        facts = {t for r in starting for t in _facts_of(r)}
        return Concerned(
            starting=starting,
            touching=frozenset(r.name for r in rules if _may_touch(r, event_type)),
            facts=frozenset(facts),
            windowed=tuple(r.name for r in starting if r.once_window is not None),
            asks_open=any(r.when is not None and "open(" in r.when.source for r in starting),
            ending=frozenset(t for r in starting for t in r.stop_on),
            rousing=tuple(
                r for r in self.by_clock if isinstance(r.trigger, OnInactive) and r.trigger.resets(event_type)
            ),
        )


def _facts_of(rule: Rule) -> Iterable[str]:
    if rule.when is not None:
        yield from rule.when.needs_facts
    if isinstance(rule.trigger, OnMissing):
        yield from rule.trigger.missing


def _may_touch(rule: Rule, event_type: str) -> bool:
    """Rules with a key and a step that hangs on one of the event's dates may be moved by any event of that key."""
    stops = rule.stop_on + (rule.trigger.missing if isinstance(rule.trigger, OnMissing) else ())
    if any(type_matches(pattern, event_type) for pattern in stops):
        return True
    return bool(key_name(rule)) and any(s.at.anchor.startswith("event.") for s in rule.steps)
