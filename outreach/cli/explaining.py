"""How `why` tells it: line by line, on the customer's clock, each reason with its code and its numbers."""

from __future__ import annotations

from collections.abc import Iterator

from outreach.saying import Clock, sentences, with_code
from outreach.why import Heard, Miss, Told, Why

_KINDS = {"by_hand": "contacted by hand", "inbound": "she contacted us", "sign": "sign of life"}


def told_why(answer: Why, show: Clock) -> Iterator[str]:
    """The whole answer."""
    for told in answer.told:
        yield from _told(told, show)
    if not answer.told:
        yield "\nNo rule has planned anything for this customer."
    if answer.heard:
        yield "\nContacts by hand, and signs of life"
        yield from (_heard(h, show) for h in answer.heard)
    for miss in answer.misses:
        yield _miss(miss, show)


def _told(told: Told, show: Clock) -> Iterator[str]:
    f = told.follow_up
    yield f"\n{f.rule} / {f.step} ({f.channel}, {f.purpose}): {f.state}{f' — {f.reason}' if f.reason else ''}"
    for trace in told.traces:
        yield f"  {show(trace.at)}  {trace.decision:<10} {sentences(trace.reasons, show)}".rstrip()
    if told.next is not None:
        yield f"  next possible: {show(told.next)}" + _because(told, show)
    elif told.obstacles and f.wake is not None:
        yield f"  next possible: none in sight{_because(told, show)}"


def _because(told: Told, show: Clock) -> str:
    return f" ({sentences(told.obstacles, show)})" if told.obstacles else ""


def _heard(h: Heard, show: Clock) -> str:
    said = ", ".join(f"{name} {value}" for name, value in h.data.items())
    judged = "".join(f"\n      {with_code(r, show)}" for r in h.reasons if r.code != "contact.made")
    return f"  {show(h.at)}  {_KINDS[h.kind]}: {h.type}" + (f" ({said})" if said else "") + judged


def _miss(miss: Miss, show: Clock) -> str:
    near = f" (nearest: {miss.event})" if miss.event else ""
    return f"\n{miss.rule}: not planned{near}: {sentences(miss.reasons, show)}"
