"""The figures that pages draw, as places on a sheet: the same numbers stand beside them as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from outreach.desk import Load

#: By quadrant: its title, what is meant by it, and its place (column, row).
QUADRANTS: Final = (
    ("urgent and important", "Urgent", "and important", 0, 0), ("important", "Important", "and not urgent", 1, 0),
    ("urgent", "Only urgent", "", 0, 1), ("neither", "Neither", "", 1, 1),
)  # fmt: skip
STEP, BAR, GAP, TOP, BASE = 64, 22, 4, 20, 150
CHANNELS: Final = ("call", "task")


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One quadrant: its number, where it stands, what it says."""

    name: str
    title: str
    more: str
    n: int
    x: int
    y: int

    @property
    def words(self) -> str:
        """Title and meaning, in one."""
        return f"{self.title} {self.more}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One channel's number of one day; `limit` is the height of its capacity, None without one."""

    kind: str
    n: int
    x: float
    y: float
    width: int
    height: float
    limit: float | None
    over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBars:
    """One day of the chart."""

    name: str
    date: str
    x: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The days side by side."""

    days: tuple[DayBars, ...]
    width: int
    height: int = BASE + 44
    base: int = BASE


def boxes(quadrants: Mapping[str, int]) -> list[Box]:
    """The four, always all of them."""
    return [
        Box(name=name, title=title, more=more, n=quadrants.get(name, 0), x=2 + 160 * column, y=2 + 110 * row)
        for name, title, more, column, row in QUADRANTS
    ]


def chart(loads: Sequence[Load]) -> Chart:
    """The house's days: two bars each, on one scale."""
    most = max((max(load.planned, load.capacity or 0) for load in loads), default=0) or 1
    days = sorted({load.day for load in loads})
    found = {(load.day, load.channel): load for load in loads}
    drawn = tuple(_day(day, place, found, (BASE - TOP) / most) for place, day in enumerate(days))
    return Chart(days=drawn, width=max(1, len(days)) * STEP)


def _day(day: date, place: int, found: Mapping[tuple[date, str], Load], scale: float) -> DayBars:
    middle = place * STEP + STEP / 2
    bars = []
    for channel, x in zip(CHANNELS, (middle - BAR - GAP / 2, middle + GAP / 2), strict=True):
        load = found.get((day, channel))
        if load is None:
            continue
        height = round(load.planned * scale, 1)
        limit = None if load.capacity is None else round(BASE - load.capacity * scale, 1)
        bars.append(Bar(
            kind=channel, n=load.planned, x=x, y=BASE - height, width=BAR, height=height, limit=limit,
            over=load.capacity is not None and load.planned > load.capacity,
        ))  # fmt: skip
    return DayBars(name=f"{day:%a}", date=f"{day.day} {day:%b}", x=middle, bars=tuple(bars))
