"""The law packs that come with this program, from `laws/*.yaml` to what the guard reads. Not legal advice."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from outreach.core.law import Law, Limit
from outreach.errors import Problem, RulebookError
from outreach.rulebook.files import read_file
from outreach.rulebook.law_shapes import LawShape, PackShape
from outreach.rulebook.shape import fit

HERE: Final = Path(__file__).parent / "laws"


def laws_of(packs: Iterable[str]) -> tuple[Law, ...]:
    """The laws of these packs, each pack once."""
    return tuple(law for name in dict.fromkeys(packs) for law in law_pack(name))


@cache
def law_pack(name: str) -> tuple[Law, ...]:
    """The laws of one pack. Raises RulebookError when its file is damaged."""
    return read_pack(HERE / f"{name}.yaml")


def read_pack(path: Path) -> tuple[Law, ...]:
    """The laws in this file. Raises RulebookError with all that is wrong in it."""
    problems: list[Problem] = []
    node = read_file(path, path.name, problems)
    shape = fit(PackShape, node, problems)[0] if node is not None else None
    if problems or shape is None:
        raise RulebookError(tuple(problems))
    return tuple(_law(path.stem, shape, row) for row in shape.laws)


def _law(pack: str, shape: PackShape, row: LawShape) -> Law:
    return Law(
        code=f"law:{pack}-{row.region.lower()}" if row.region else f"law:{pack}", place=row.place,
        countries=shape.countries[:1] if row.region else shape.countries, region=row.region,
        channels=frozenset(row.channels), purposes=frozenset(row.purposes), hours=row.hours,
        zones=(row.also_on_the_clock_of,) if row.also_on_the_clock_of else (), holidays=row.holidays, eves=row.eves,
        limits=tuple(Limit(one.max, one.per.length, f"{one.max}/{one.per.short}") for one in row.limits),
        consent=row.consent, silence=row.silence_after_refusal, source=row.source, read_in=row.read_in,
        as_of=row.as_of, confidence=row.confidence, note=row.note,
    )  # fmt: skip
