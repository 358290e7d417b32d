"""A year of a business, played through the engine on a virtual clock, and then proved by `outreach verify`'s code.

    python -m bench.year [customers] [--keep FILE]

The example business with all its rules, laws and its cadence. Its customers are made up: in seven zones and four
countries, a third without a stated zone, every eighth sharing a phone, every fifth without consent to marketing. About
ten events each: visits, purchases, orders (some never ship), stays, contracts, complaints, replies (some are refusals),
withdrawals, moves, contacts made by hand. Staff reach half of those they call. The same seed gives the same year.
`--keep` writes the database to a file, for `outreach verify --database sqlite:///FILE`.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from outreach.bootstrap import App, assemble, calm_collector, read_rules, shipped, virtual_store
from outreach.core.customer import Consent, Customer
from outreach.core.event import Event
from outreach.core.follow_up import FollowUp
from outreach.core.keys import share
from outreach.ports import VirtualClock
from outreach.proof.proving import prove
from outreach.settings import read_settings
from outreach.simulation.run import Progress, Simulation
from outreach.store.database import copy, open_engine

CUSTOMERS, SEED = 10_000, 20261102
START = datetime(2026, 1, 5, 12, tzinfo=UTC)
MINUTES = 365 * 24 * 60
#: Country, region, zone, the beginning of the phone's number.
PLACES = (
    ("US", "NY", "America/New_York", "+1212555"), ("US", "FL", "America/New_York", "+1305555"),
    ("US", "IL", "America/Chicago", "+1312555"), ("US", "CO", "America/Denver", "+1303555"),
    ("US", "CA", "America/Los_Angeles", "+1415555"), ("CA", "ON", "America/Toronto", "+1416555"),
    ("GB", "", "Europe/London", "+4420794"), ("FR", "", "Europe/Paris", "+3314276"), ("US", "", "", "+1646555"),
)  # fmt: skip
REPLIES = ("Thanks!", "see you on Tuesday", "ok", "not interested", "STOP", "please leave me alone", "wrong number")
OUTCOMES = ("reached",) * 5 + ("no_answer",) * 3 + ("left_message", "do_not_call")


@dataclass(slots=True)
class Staff(Simulation):
    """Who calls reaches half of them; tasks are mostly done."""

    def _outcome_of(self, f: FollowUp) -> Event:
        lot = share(f.id, "outcome")
        said = OUTCOMES[int(lot * len(OUTCOMES))] if f.channel == "call" else "done" if lot < 0.9 else "not_done"
        data = {"follow_up": f.id, "outcome": said, "by": "simulation"}
        return Event(id=f"simulated:{f.id}", type="outcome", customer=f.customer, time=self.clock.instant, data=data)


def people(count: int, dice: Random) -> Iterator[tuple[Customer, list[Consent]]]:
    """The customers; every eighth has the phone of the one before."""
    phone = ""
    for n in range(count):
        country, region, zone, prefix = PLACES[n % len(PLACES)]
        phone = phone if n % 8 == 7 else f"{prefix}{n:04d}"[: 12 if country in ("US", "CA") else 14]
        born = f"{dice.randint(1940, 2005)}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}"
        consents = [
            Consent(channel=channel, purpose="marketing", given=True, at=START - timedelta(days=9), source="form")
            for channel in ("sms", "email", "call") if n % 5
        ]  # fmt: skip
        yield Customer(
            id=f"c{n}", first_name=f"Ann{n}", last_name="Doe", email=f"c{n}@example.com", phone=phone,
            timezone=zone if n % 3 else "", country=country, region=region, birthday=born,
        ), consents  # fmt: skip


def events(count: int, dice: Random) -> list[Event]:
    """What happens to them in a year."""
    told = [one for n in range(count) for _ in range(dice.randint(2, 8)) for one in _story(n, dice)]
    return [
        Event(id=f"e{n}", type=type, customer=who, site=site, time=_reported(minute), data=data)
        for n, (minute, who, type, site, data) in enumerate(told) if minute < MINUTES
    ]  # fmt: skip


def _reported(minute: int) -> datetime:
    """Seven minutes past the hour: tills and booking systems report hourly, which lets a year pass in minutes; and not
    at the very moment of a contact, where nobody could tell which came first."""
    return START + timedelta(minutes=minute // 60 * 60 + 7)


Told = tuple[int, str, str, str, dict[str, object]]


def _story(n: int, dice: Random) -> Iterator[Told]:
    """One thing that happens to one customer, with what comes of it."""
    who, at, id = f"c{n}", dice.randrange(MINUTES), f"{n}-{dice.randrange(1 << 40)}"
    match dice.choices(range(9), (30, 20, 14, 10, 4, 6, 6, 4, 6))[0]:
        case 0:
            service = {"appointment_id": id, "service": "haircut", "staff": "Marco", "total": dice.randint(20, 90)}
            yield at, who, "appointment.completed", "salon", service
        case 1:
            total, warranty = dice.randint(10, 200), dice.random() < 0.3
            yield at, who, "purchase", "shop", {"sale_id": id, "item": "lamp", "total": total, "warranty": warranty}
            if warranty and dice.random() < 0.7:
                yield at + 900, who, "warranty.issued", "shop", {"sale_id": id}
        case 2:
            yield at, who, "order.placed", "shop", {"order_id": id, "goods": "chairs", "total": 300}
            if dice.random() < 0.7:
                yield at + dice.randint(60, 2000), who, "order.shipped", "shop", {"order_id": id, "carrier": "post"}
        case 3:
            yield from _stay(at, who, id, dice)
        case 4:
            ends = START + timedelta(minutes=at, days=365)
            term = {"contract_id": id, "term_id": id, "plan": "gold", "ends_on": f"{ends:%Y-%m-%d}"}
            yield at, who, "contract.started", "shop", term
        case 5:
            yield at, who, "complaint.opened", "shop", {"complaint_id": id, "about": "the lamp"}
            if dice.random() < 0.8:
                yield at + dice.randint(600, 9000), who, "complaint.resolved", "shop", {"complaint_id": id}
        case 6:
            text = dice.choices(REPLIES, (6, 6, 6, 3, 2, 1, 1))[0]
            yield at, who, "message.received", "", {"channel": "sms", "text": text}
        case 7:
            yield at, who, "contact.made", "", {"channel": dice.choice(("call", "email")), "by": "Lena"}
        case _:
            yield at, who, "customer.changed", "", {"timezone": dice.choice(PLACES)[2] or "America/New_York"}
            if dice.random() < 0.3:
                yield at + 5000, who, "consent.withdrawn", "", {"channel": "all", "purpose": "marketing"}


def _stay(at: int, who: str, id: str, dice: Random) -> Iterator[Told]:
    arrival = START + timedelta(minutes=at, days=dice.randint(2, 40))
    stay = {
        "booking_id": id, "room": "12", "guests": 2, "arrival": f"{arrival:%Y-%m-%d}",
        "departure": f"{arrival + timedelta(days=3):%Y-%m-%d}", "birthday_in_stay": dice.random() < 0.1,
        "birthday_date": f"{arrival + timedelta(days=1):%Y-%m-%d}",
    }  # fmt: skip
    yield at, who, "stay.booked", "hotel", stay
    if dice.random() < 0.2:
        yield at + 1000, who, "stay.cancelled", "hotel", {"booking_id": id}


def play(count: int) -> tuple[App, VirtualClock, int]:
    """The year, played; how many events there were."""
    dice, clock = Random(SEED), VirtualClock(START)
    settings = read_settings(rules=shipped("rules"), templates=shipped("templates"), sms="outbox", email="outbox")
    it = assemble(settings, virtual_store(), read_rules(settings, {}), clock)
    calm_collector()
    it.engine.claim_size = 200
    it.engine.save_customers(list(people(count, dice)))
    happened = events(count, dice)
    simulation = Staff(it.engine, clock, until=START + timedelta(minutes=MINUTES))
    simulation.run(happened, progress=_tell())
    refused = Counter(r.reason for r in simulation.receipts if r.status == "rejected")
    if refused:
        print(f"\nrejected: {refused.most_common(5)}")
    return it, clock, len(happened)


def _tell() -> Progress:
    began, said = time.perf_counter(), 0.0

    def tell(done: int, total: int) -> None:
        nonlocal said
        took = time.perf_counter() - began
        if took - said > 10:
            said = took
            print(f"{done:,} of {total:,} events, {took:.0f} s", file=sys.stderr)

    return tell


def main(count: int = CUSTOMERS, keep: str = "") -> None:
    """Play, prove, and say how long both took."""
    began = time.process_time()  # of the processor: machines are shared
    it, clock, happened = play(count)
    played = time.process_time() - began
    began = time.process_time()
    found = prove(it.store, it.engine.policy, clock.instant)
    took = time.process_time() - began
    print(
        f"\n{count:,} customers, {happened:,} events, {len(it.engine.rules)} rules, one year: {played:,.0f} s to play"
    )
    print(f"{found.said}: {took:.1f} s to prove, {found.touches / took:,.0f} touches a second")
    print("asked: " + ", ".join(f"{check} {asked:,}" for check, asked in found.asked.items()))
    print(f"by hand, against the cadence: {len(found.by_hand)}; not judged: {dict(found.not_judged) or 'nothing'}")
    for fault in found.faults[:20]:
        print(fault)
    if keep:
        copy(it.store.engine, open_engine(f"sqlite:///{keep}"))


if __name__ == "__main__":
    given = [argument for argument in sys.argv[1:] if argument.isdigit()]
    main(*map(int, given), keep=sys.argv[sys.argv.index("--keep") + 1] if "--keep" in sys.argv else "")
