"""From the shape of the cadence and of the house's calendar to what the guard and the planner read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from outreach.core.cadence import DEFAULT_PURPOSES, BackOff, Cadence, Cap, Hold, PurposePolicy
from outreach.core.calendar import Calendar, HolidaysOf
from outreach.core.capacity import Capacity, Limits
from outreach.core.hours import ALWAYS, Week, spell
from outreach.core.law import Law
from outreach.errors import Problem
from outreach.rulebook.cadence_shapes import (
    BackOffShape,
    CadenceShape,
    CalendarShape,
    CalendarsShape,
    CapacityShape,
    CapShape,
    HoldShape,
    LimitsShape,
    PurposeShape,
)
from outreach.rulebook.conditions import Known
from outreach.rulebook.fields import stranger
from outreach.rulebook.law_packs import laws_of
from outreach.rulebook.places import Node
from outreach.rulebook.public_holidays import bad_place, public_holidays
from outreach.rulebook.shape import fit


def build_cadence(written: Node | None, known: Known, problems: list[Problem]) -> Cadence:
    """The cadence; what isn't written stands at its default."""
    if written is None:
        return Cadence()
    shape, node = fit(CadenceShape, written, problems)
    if shape is None:
        return Cadence()
    problems += _never_open(shape.holds, node.at("holds"), known)
    problems += _stretches_nothing(shape, node)
    laws = laws_of(shape.laws)
    problems += _never_lawful(shape.hours, laws, node.at("hours"))
    purposes = dict(DEFAULT_PURPOSES)
    for name, changed in shape.purposes.items():
        purposes[name] = _policy(name, changed, purposes[name], node.at("purposes", name), problems)
    return Cadence(
        min_gap=Cadence().min_gap if shape.min_gap is None else shape.min_gap, caps=_caps(shape.caps),
        hours={channel: week for channel, week in shape.hours.items()}, holidays=shape.holidays,
        unknown_timezone=shape.unknown_timezone, laws=laws,
        back_off=_back_off(shape.back_off), silence=shape.silence_after_refusal or timedelta(0),
        holds=tuple(Hold(name=hold.name, purposes=frozenset(hold.purposes)) for hold in shape.holds),
        purposes=purposes, capacity=_capacity(shape.capacity),
    )  # fmt: skip


def build_calendar(written: Node | None, cadence: Cadence, problems: list[Problem]) -> tuple[Calendar, str]:
    """The house's calendar and its time zone (empty when it isn't given)."""
    found = fit(CalendarsShape, written, problems) if written is not None else (None, None)
    shape = found[0].business if found[0] is not None else CalendarShape()
    house = "" if shape.holidays == "none" else shape.holidays
    wrong = bad_place(house) if house else None
    if wrong is not None and found[1] is not None:
        problems.append(found[1].at("business", "holidays").problem(*wrong))
    calendar = Calendar(
        days=frozenset(shape.days), closed=frozenset(shape.closed), open=frozenset(shape.open),
        holidays=_holidays("" if wrong else house, theirs=cadence.holidays == "customer"),
    )  # fmt: skip
    return calendar, shape.timezone


def _capacity(shape: CapacityShape | None) -> Capacity:
    if shape is None:
        return Capacity()
    return Capacity(
        house=_limits(shape), sites={name: _limits(limits) for name, limits in shape.sites.items()},
        people={name.lower(): _limits(limits) for name, limits in shape.people.items()},
    )  # fmt: skip


def _limits(shape: LimitsShape) -> Limits:
    return Limits(calls=shape.calls_per_day, tasks=shape.tasks_per_day)


def _never_open(holds: Sequence[HoldShape], node: Node, known: Known) -> Iterator[Problem]:
    """Holds that no event opens hold nothing."""
    for i, hold in enumerate(holds):
        hint = stranger(f"{hold.name}.opened", known)
        if hint is not None:
            said = f"nothing opens a hold called `{hold.name}`: `{hold.name}.opened` is not declared and was never seen"
            yield node.at(i, "while").problem(said, hint, severity="warning")


def _back_off(shape: BackOffShape | None) -> BackOff | None:
    return BackOff(after=shape.after, factor=shape.factor, longest=shape.longest) if shape is not None else None


def _stretches_nothing(shape: CadenceShape, node: Node) -> Iterator[Problem]:
    """A back-off without a gap does nothing, and nobody would notice."""
    if shape.back_off is not None and shape.min_gap is not None and not shape.min_gap:
        said = "`back_off` stretches the minimum gap, and `min_gap` is switched off"
        yield node.at("back_off").problem(said, "write `min_gap: 20 hours`, or take `back_off` out")


def _never_lawful(
    hours: Mapping[Literal["sms", "email", "call"], Week], laws: Sequence[Law], node: Node
) -> Iterator[Problem]:
    """Hours of the house that never meet those of a law."""
    for channel, week in hours.items():
        bound = (law for law in laws if channel in law.channels and law.hours is not None and any(week.days))
        for law in bound:
            if not any((week & (law.hours or ALWAYS)).days):
                said = (
                    f"the hours of `{channel}` never meet the law of {law.place}: marketing and care won't go out there"
                )
                hint = f"it allows {spell(law.hours or ALWAYS)}"
                yield node.at(channel).problem(said, hint, severity="warning")
                break


def _caps(shapes: Sequence[CapShape]) -> tuple[Cap, ...]:
    """Each with its label, `4/30d`; where two caps would share one, the later says what it is about."""
    caps: list[Cap] = []
    taken: set[str] = set()
    for shape in shapes:
        channels, purposes = shape.channel + shape.channels, shape.purpose + shape.purposes
        label = f"{shape.max}/{shape.per.short}"
        if label in taken:
            label = ":".join([label, *sorted(channels), *sorted(purposes)])
        taken.add(label)
        cap = Cap(
            max=shape.max, per=shape.per.length, label=label,
            channels=frozenset(channels) or None, purposes=frozenset(purposes) or None,
        )  # fmt: skip
        caps.append(cap)
    return tuple(caps)


def _policy(
    name: str, changed: PurposeShape, usual: PurposePolicy, node: Node, problems: list[Problem]
) -> PurposePolicy:
    """A purpose's policy with its changes. Safety and marketing may not take each other's place."""
    policy = replace(
        usual,
        obeys_caps=usual.obeys_caps if changed.obeys_caps is None else changed.obeys_caps,
        counts=changed.counts or usual.counts,
        consent=changed.consent or usual.consent,
        any_hours=usual.any_hours if changed.hours is None else changed.hours == "any",
    )
    for key, message in _forbidden(name, policy):
        problems.append(node.at(key).problem(message, "safety never means marketing"))
    return policy


def _forbidden(name: str, policy: PurposePolicy) -> list[tuple[str, str]]:
    found = []
    if name == "safety" and policy.consent == "required":
        found.append(("consent", "a safety message can't wait for consent"))
    if name == "safety" and policy.obeys_caps:
        found.append(("obeys_caps", "a safety message can't be held up by caps"))
    if name == "marketing" and policy.consent == "not needed":
        found.append(("consent", "marketing can't go out against the customer's word"))
    if name == "marketing" and policy.any_hours:
        found.append(("hours", "marketing can't go out at any hour"))
    if name == "marketing" and not policy.obeys_caps and policy.counts == "no":
        found.append(("obeys_caps", "marketing can't be free of every cap and count for nothing"))
    return found


def _holidays(house: str, *, theirs: bool) -> HolidaysOf | None:
    """Days on which no business is done: the house's public holidays, and the customer's if the cadence keeps them."""
    country, _, region = house.partition("-")
    if not country:
        return public_holidays if theirs else None

    def closed(their_country: str, their_region: str, year: int) -> frozenset[date]:
        ours = public_holidays(country, region, year)
        return ours | public_holidays(their_country, their_region, year) if theirs else ours

    return closed
