"""What so many customers need: events and follow-ups a second at the peak, cores, disk; reckoned from unit costs.

    python -m bench.capacity [--events 0.1] [--contacts 0.1] [--keep 365] [--pg-dispatch 900] …

Costs are CPU time as measured by `bench.workers` and `bench.ingest`, bytes as measured by `bench.rowsizes`. What is
reckoned isn't measured: no machine of this size was asked. Disks, vacuum, backups and a page that is not in memory cost
time as well: that is what the headroom is for.
"""

from __future__ import annotations

from argparse import ArgumentDefaultsHelpFormatter, ArgumentParser
from dataclasses import dataclass, fields
from math import ceil

DAY, HOUR = 86_400, 3_600
CUSTOMERS = tuple(10**n for n in range(4, 10))


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What happens, what one of each costs (µs of CPU, bytes on the disk), and what one machine is trusted with."""

    #: Events of one customer a day, and contacts.
    events: float = 0.1
    contacts: float = 0.1
    #: The busiest second has so many times the events of the mean one; so much of a day's contacts falls in one hour.
    peak: float = 10
    rush: float = 0.4
    #: Days for which everything is kept.
    keep: float = 365
    #: A third of what is there is used.
    headroom: float = 3
    sqlite_ingest: float = 60
    sqlite_dispatch: float = 300
    pg_ingest: float = 36
    pg_dispatch: float = 180
    worker_ingest: float = 40
    worker_dispatch: float = 320
    person_bytes: float = 500
    event_bytes: float = 260
    contact_bytes: float = 4700
    machine_cores: float = 32
    machine_bytes: float = 4e12


@dataclass(frozen=True, slots=True)
class Need:
    """What a number of customers needs."""

    customers: int
    events: float  # a second, at the peak
    contacts: float  # a second, in the rush hour
    single: float  # cores of one process on SQLite
    database: float  # cores of PostgreSQL
    workers: float  # cores beside it
    stored: float  # bytes

    def place(self, costs: Costs) -> str:
        """The smallest set-up that carries it."""
        if self.single * costs.headroom <= 1 and self.stored <= 1e11:
            return "SQLite, one process"
        cores, disks = self.database * costs.headroom / costs.machine_cores, self.stored / costs.machine_bytes
        machines = ceil(max(cores, disks))
        return f"PostgreSQL, {machines} machine{'s' if machines > 1 else ''} + standby"


def need(customers: int, costs: Costs) -> Need:
    """The peaks of events and of contacts are taken to fall together."""
    events = customers * costs.events / DAY * costs.peak
    contacts = customers * costs.contacts * costs.rush / HOUR
    a_day = costs.events * costs.event_bytes + costs.contacts * costs.contact_bytes
    return Need(
        customers, events, contacts,
        single=(events * costs.sqlite_ingest + contacts * costs.sqlite_dispatch) / 1e6,
        database=(events * costs.pg_ingest + contacts * costs.pg_dispatch) / 1e6,
        workers=(events * costs.worker_ingest + contacts * costs.worker_dispatch) / 1e6,
        stored=customers * (costs.person_bytes + costs.keep * a_day),
    )  # fmt: skip


def size(number: float) -> str:
    """`9.1 GB`.

    >>> size(9.1e9), size(870e12)
    ('9.1 GB', '870 TB')
    """
    for unit, scale in (("PB", 1e15), ("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if number >= scale:
            return f"{number / scale:.3g} {unit}"
    return f"{number:.0f} B"


def main(costs: Costs | None = None) -> None:
    """Print a line for each power of ten."""
    costs = costs or Costs()
    print(f"{costs.events:g} events and {costs.contacts:g} contacts a customer and day, kept for {costs.keep:g} days\n")
    print(f"{'customers':>13}{'events/s':>10}{'contacts/s':>12}{'db cores':>10}{'workers':>9}{'stored':>9}  run it on")
    for customers in CUSTOMERS:
        n = need(customers, costs)
        print(f"{n.customers:>13,}{n.events:>10,.1f}{n.contacts:>12,.1f}{n.database:>10,.2f}{n.workers:>9,.2f}"
              f"{size(n.stored):>9}  {n.place(costs)}")  # fmt: skip


def from_command_line() -> Costs:
    """Every figure may be given: `--pg-dispatch 900`."""
    parser = ArgumentParser(formatter_class=ArgumentDefaultsHelpFormatter)
    for field in fields(Costs):
        parser.add_argument(
            "--" + field.name.replace("_", "-"), type=float, default=field.default, help="given as a number"
        )
    return Costs(**vars(parser.parse_args()))


if __name__ == "__main__":
    main(from_command_line())
