"""Which step of which rule a test speaks of: `missed-you`, or `haircut-next-day/missed-you` where others have one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from outreach.core.rule import Rule, Step
from outreach.rulebook.hints import any_of, did_you_mean

#: What is wrong, and what to write instead.
Wrong = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Named:
    """A step that was named, with its rule."""

    rule: Rule
    step: Step

    def __str__(self) -> str:
        return f"{self.rule.name}/{self.step.name}"


def find_rule(name: str, rules: Mapping[str, Rule]) -> Rule | Wrong:
    """The rule of this name."""
    found = rules.get(name)
    return found or (f"there is no rule `{name}`", did_you_mean(name, rules) or f"the rules are {any_of(rules)}")


def find_step(said: str, channel: str, mine: Iterable[str], rules: Mapping[str, Rule]) -> Named | Wrong:
    """The step that `STEP` (of the rules `mine`) or `RULE/STEP` (of any) names, on that channel."""
    name, _, step = said.rpartition("/")
    if name:
        rule = find_rule(name, rules)
        return _of_one(rule, step, channel) if isinstance(rule, Rule) else rule
    steps = [Named(rules[n], s) for n in sorted(mine) for s in rules[n].steps]
    found = [named for named in steps if named.step.name == step]
    fitting = [named for named in found if named.step.channel == channel]
    if len(fitting) > 1:
        return f"`{step}` is a step of two rules", f"write `{channel}: {fitting[0]}` or `{channel}: {fitting[1]}`"
    if fitting:
        return fitting[0]
    return _other_channel(found[0], channel) if found else _unknown(step, steps, rules.values())


def _of_one(rule: Rule, step: str, channel: str) -> Named | Wrong:
    found = [Named(rule, s) for s in rule.steps if s.name == step]
    if not found:
        names = [s.name for s in rule.steps]
        hint = did_you_mean(step, names, f"{rule.name}/{{}}") or f"its steps are {any_of(names)}"
        return f"the rule `{rule.name}` has no step `{step}`", hint
    return next((n for n in found if n.step.channel == channel), None) or _other_channel(found[0], channel)


def _other_channel(named: Named, channel: str) -> Wrong:
    right = named.step.channel
    return f"`{named}` is no {channel}", f"write `{right}: {named.step.name}`"


def _unknown(step: str, mine: list[Named], rules: Iterable[Rule]) -> Wrong:
    names = [named.step.name for named in mine]
    elsewhere = next((Named(r, s) for r in rules for s in r.steps if s.name == step), None)
    if elsewhere is not None:
        hint = f"write `{elsewhere.step.channel}: {elsewhere}`"
        return f"`{step}` is a step of another rule than this file speaks of", hint
    hint = did_you_mean(step, names) or (f"they have {any_of(names)}" if names else "")
    return f"no rule of this file has a step `{step}`", hint
