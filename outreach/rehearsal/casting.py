"""Who takes part: the customers of a test, as customer lines, through the door that takes them from files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from outreach.doors.people import Person, customer_of
from outreach.errors import Problem
from outreach.rulebook.hints import any_of, did_you_mean
from outreach.rulebook.places import Node

Lines = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Cast:
    """The customers of one test; `clocks` says each one's zone, the `house`'s where it isn't known."""

    people: tuple[Person, ...]
    names: tuple[str, ...]
    clocks: Mapping[str, str]
    house: str

    @property
    def only(self) -> str:
        """The customer that is meant where none is named; "" when there are several."""
        return self.names[0] if len(self.names) == 1 else ""

    @property
    def clock(self) -> str:
        """The wall clock of what isn't said of one customer."""
        return self.zone(self.only)

    def zone(self, customer: str) -> str:
        """This customer's wall clock."""
        return self.clocks.get(customer, self.house)

    def missing(self, customer: str) -> tuple[str, str] | None:
        """What is wrong with naming this customer; None when it is clear who is meant."""
        if customer in self.names or (not customer and self.only):
            return None
        if not self.names:
            return "there is no customer", 'name one: `customers: {ana: {phone: "+12125550101"}}`'
        if not customer:
            return "`customer` is missing, and there are several", f"write {any_of(self.names)}"
        return f"there is no customer `{customer}`", did_you_mean(customer, self.names) or f"write {any_of(self.names)}"


def cast(lines: Lines, node: Node, here: Lines, own: Node, house: str, problems: list[Problem]) -> Cast:
    """The customers of a file (`lines`) as one test (`here`) adds to them and changes them.

    What is wrong with a line is added to `problems`, once for each place.
    """
    people: dict[str, Person] = {}
    for name in [*lines, *(n for n in here if n not in lines)]:
        told = {k: v for k, v in {**lines.get(name, {}), **here.get(name, {})}.items() if v is not None}
        said = customer_of({"id": name, **told})
        if isinstance(said, str):
            place = own.at(name) if name in here else node.at(name)
            problems.append(_place(place, said).problem(said))
        else:
            people[name] = said
    clocks = {name: person.timezone or house for name, (person, _) in people.items()}
    return Cast(tuple(people.values()), tuple(dict.fromkeys([*lines, *here])), clocks, house)


def _place(line: Node, said: str) -> Node:
    """The field that the complaint begins with, or the customer."""
    name = said.split()[0].partition(".")[0]
    return line.entries().get(name) or line.key or line
