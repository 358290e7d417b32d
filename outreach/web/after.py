"""What happens after each outcome, said on the card before anything is pressed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from outreach.core.follow_up import FollowUp
from outreach.core.rule import Rule, Step
from outreach.core.situation import Situation
from outreach.core.stepping import told
from outreach.desk import Card
from outreach.engine import Engine
from outreach.flow.situations import events_of, situation_of

#: What an outcome does whatever the rule says.
ALWAYS: Mapping[str, str] = {
    "do_not_call": "no more calls, at once and for good", "wrong_number": "this number is not used again",
    "call_back": "back on top at that time",
}  # fmt: skip
_STEPS = {
    "sms": "an SMS",
    "email": "an e-mail",
    "call": "another call",
    "task": "a task",
    "remember": "it is remembered",
}
_NOTHING = "ends here"


def what_follows(engine: Engine, card: Card, outcomes: Iterable[str]) -> dict[str, str]:
    """By outcome, in a few words. Empty where the rule is gone."""
    rule = engine.rules.get(card.rule)
    with engine.store.reading() as tx:
        f = tx.follow_ups.named(card.id)
        event = events_of(tx, [f]).get(card.id) if f is not None else None
        person = tx.customers.get([card.customer]).get(card.customer)
        if f is None or rule is None or event is None or person is None:
            return {o: ALWAYS[o] for o in outcomes if o in ALWAYS}
        here = situation_of(tx, f, rule, person, event, engine.clock.now(), engine.policy)
    return {o: "; then ".join(_said(rule, f, here, o)) or _NOTHING for o in outcomes}


def _said(rule: Rule, f: FollowUp, here: Situation, outcome: str) -> Iterator[str]:
    if outcome in ALWAYS:
        yield ALWAYS[outcome]
        return
    here.previous = {**told(f), "outcome": outcome}
    scope = here.scope()
    for step in rule.steps[f.index + 1 :]:
        if not step.at.needs_previous:
            return
        if step.when is None or step.when.holds(scope):
            yield _in_words(step)
            return


def _in_words(step: Step) -> str:
    when = str(step.at).replace(" after previous", " later")
    return f"{_STEPS.get(step.channel, step.channel)} {when}"
