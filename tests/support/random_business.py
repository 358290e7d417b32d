"""Businesses by chance: customers who share phones, events over two months, any cadence; and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from outreach.core.event import Event
from outreach.simulation.contacts import Contact, contacts
from outreach.simulation.run import Simulation
from tests.support.business import Business, a_customer, a_rule, an_engine, rules_of, utc

START = utc("2026-10-15T12:00")  # the clocks go back in the second week, or the third
ZONES = ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "")
OUTCOMES = ("reached", "no_answer", "do_not_call", "wrong_number", None)
MINUTES = 60 * 24 * 60

RULES = (
    a_rule("email: {at: next day 10:00, template: hi}", name="thanks", priority="40"),
    a_rule("sms: {at: in 3 hours, template: hi, valid_for: 5 days}", name="advert", purpose="marketing", priority="10",
           once_per="30 days"),
    a_rule("sms: {at: in 90 minutes, template: hi, valid_for: 2 days}", name="drop", purpose="marketing", priority="20",
           on_cap="drop"),
    a_rule("call: {at: next business day 10:00, script: hi, valid_for: 3 days}\n"
           "sms: {at: 1 hour after previous, template: hi, when: previous.outcome == 'no_answer'}\n"
           "email: {at: 2 days after previous, template: hi}",
           on="visit", name="chain", priority="70", stop_on="[complaint.opened]", on_cap="merge"),
    a_rule("sms: {at: immediately, template: hi}", on="order.placed", name="news", purpose="transactional"),
    a_rule("sms: {at: immediately, template: hi}", on="recall", name="recall", purpose="safety"),
    a_rule("call: {at: immediately, script: hi}", name="missing", priority="90",
           on="{missing: order.shipped, within: 3 days, after: order.placed, key: id_of}"),
    a_rule("sms: {at: 5 days before event.arrival 09:00, template: hi}\n"
           "sms: {at: 1 day after event.arrival 10:00, template: hi}",
           on="stay.booked", name="stay", key="id_of", stop_on="[stay.cancelled]", priority="60",
           on_cap="merge"),
    a_rule("task: {at: in 2 hours, title: Look}\n"
           "sms: {at: immediately, template: broken, when: event.total > 8}", name="task"),
)  # fmt: skip

TYPES = (
    *["purchase", "visit", "order.placed", "stay.booked", "purchase", "visit"], "order.shipped", "stay.moved",
    "stay.cancelled", "complaint.opened", "complaint.resolved", "contact.made", "recall", "customer.changed",
    "consent.withdrawn", "message.received", "customer.merged",
)  # fmt: skip

#: By the event's number; the first ones are no refusals, and nobody can tell the next two.
REPLIES = (
    "Thanks",
    "See you",
    "ok",
    "Yes",
    "Tuesday?",
    "not interested",
    "busy",
    "wrong number",
    "STOP",
    "leave me alone",
)
DOUBTFUL, REFUSING = REPLIES[5:7], REPLIES[8:]

caps = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from(["1 day", "3 days", "9 days", "40 hours"]),
              st.sampled_from(["", ", channel: sms", ", channel: call", ", purpose: marketing", ", purpose: care"])),
    max_size=3, unique_by=lambda cap: cap[1:],
)  # fmt: skip
hours = st.fixed_dictionaries(
    {"sms": st.sampled_from(["mon-sat: 09:00-20:00", "mon-sun: 00:00-24:00", "mon-fri: 22:00-02:00"]),
     "call": st.just("mon-fri: 10:00-18:00"), "email": st.sampled_from(["mon-sun: 07:00-21:00", "tue: 08:00-09:00"])}
)  # fmt: skip
#: Over two months, but most of it in two crowded weeks.
minutes = st.integers(0, MINUTES) | st.integers(20_000, 30_000) | st.integers(45_000, 55_000)


@dataclass(frozen=True)
class Chance:
    """A business, its customers' phones and zones, and what happens: (minute, type, customer, number)."""

    gap: int
    caps: Sequence[tuple[int, str, str]]
    hours: dict[str, str]
    people: Sequence[tuple[int, str]]
    news: Sequence[tuple[int, str, int, int]]
    outcome: str | None
    back_off: tuple[int, int, int] | None = None
    silence: int = 0
    laws: str = "[]"
    only: str = ""  # the one rule that is in force; "" for all

    @property
    def rules(self) -> str:
        caps = ", ".join(f"{{max: {most}, per: {per}{what}}}" for most, per, what in self.caps)
        hours = ", ".join('{}: {{{}: "{}"}}'.format(ch, *said.split(": ")) for ch, said in self.hours.items())
        quiet = f" silence_after_refusal: {self.silence} days," if self.silence else ""
        if self.back_off is not None and self.gap:
            quiet += " back_off: {{after: {}, factor: {}, longest: {}}},".format(*self.back_off)
        return rules_of(*self._in_force, cadence=f"{{min_gap: {self.gap} hours, caps: [{caps}], hours: {{{hours}}},"
                        f"{quiet}"
                        " holds: [{while: complaint, purposes: [marketing]}], holidays: none,"
                        f" laws: {self.laws}}}")  # fmt: skip

    @property
    def _in_force(self) -> list[str]:
        return [rule for rule in RULES if rule.startswith(f"  {self.only}:" if self.only else "")]

    def open(self, **given: Any) -> Business:
        people = [
            a_customer(f"c{n}", phone=f"+1212555010{phone}", timezone=zone)
            for n, (phone, zone) in enumerate(self.people)
        ]
        return an_engine(self.rules, *people, at=START.replace(tzinfo=None).isoformat(), **given)

    @property
    def events(self) -> list[Event]:
        return [self._event(n, *told) for n, told in enumerate(self.news)]

    def _event(self, n: int, minute: int, type: str, who: int, number: int) -> Event:
        at = START + timedelta(minutes=minute)
        data = {"id_of": f"n{number % 3}", "total": number}
        more = {
            "stay.booked": {"arrival": f"{at + timedelta(days=number):%Y-%m-%d}"},
            "stay.moved": {"arrival": f"{at + timedelta(days=2 * number):%Y-%m-%d}"},
            "contact.made": {"channel": ("call", "sms", "email")[number % 3]},
            "customer.changed": {"timezone": ZONES[number % 3]},
            "consent.withdrawn": {
                "channel": ("sms", "call", "all")[number % 3], "purpose": ("marketing", "all")[number % 2],
            },
            "message.received": {"text": REPLIES[number]},
            "customer.merged": {"into": f"c{(who + number) % len(self.people)}"},
        }.get(type, {})  # fmt: skip
        return Event(id=f"e{n}", type=type, customer=f"c{who % len(self.people)}", time=at, data=data | more)


chances = st.builds(
    Chance,
    gap=st.sampled_from([0, 6, 20, 50]), caps=caps, hours=hours,
    people=st.lists(st.tuples(st.integers(0, 1), st.sampled_from(ZONES)), min_size=1, max_size=4),
    news=st.lists(
        st.tuples(minutes, st.sampled_from(TYPES), st.integers(0, 3), st.integers(0, 9)),
        min_size=12, max_size=40, unique_by=lambda told: told[0],
    ),
    outcome=st.sampled_from(OUTCOMES),
    back_off=st.none() | st.tuples(st.integers(0, 2), st.integers(2, 3), st.integers(2, 8)),
    silence=st.sampled_from([0, 0, 3, 20]),
    laws=st.sampled_from(["[]", "[us, fr]"]),
)  # fmt: skip


def simulated(chance: Chance, events: Iterable[Event] | None = None) -> Business:
    """What the simulation makes of it."""
    shop = chance.open()
    simulation = Simulation(shop.engine, shop.clock, outcome=chance.outcome)
    simulation.run(chance.events if events is None else events)
    shop.told = simulation.receipts
    return shop


def rows(shop: Business) -> list[Contact]:
    return list(contacts(shop.engine.store))


def one_at_a_time(chance: Chance) -> Business:
    """The simplest driver there is: before each event all that is due, then this one event."""
    shop = chance.open()
    for event in sorted(chance.events, key=lambda e: e.time):
        catch_up(shop, chance.outcome, event.time)
        shop.clock.instant = event.time
        shop.engine.ingest([event])
    catch_up(shop, chance.outcome, None)
    return shop


def catch_up(shop: Business, outcome: str | None, end: datetime | None) -> None:
    while (due := shop.engine.next_wake()) is not None and (end is None or due <= end):
        now = shop.clock.instant = max(shop.clock.instant, due)
        while shop.engine.dispatch():
            pass
        with shop.engine.store.reading() as tx:
            fresh = tx.follow_ups.listed_at(now)
        for f in fresh if outcome else []:
            said = "done" if (f.channel, outcome) == ("task", "reached") else outcome
            data = {"follow_up": f.id, "outcome": said}
            shop.engine.ingest([Event(id=f"said:{f.id}", type="outcome", customer=f.customer, time=now, data=data)])
