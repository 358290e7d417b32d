"""Claims: who has a card open. A claim is a lease: ten minutes, renewed by claiming again, taken back after."""

from __future__ import annotations

from outreach.desk.card import Result
from outreach.engine import Engine


def claim(engine: Engine, follow_up: str, by: str) -> Result:
    """Take a card, or keep it for ten minutes more (send it every few minutes while the card is open). `done` with
    `until` and `card`; refused as `held` (`by` has it, until `until`), `gone` or `unknown`. Two people never hold the
    same card."""
    raise NotImplementedError


def next_card(
    engine: Engine, by: str, *, assign: str = "", site: str = "", channel: str = "", after: str = ""
) -> Result:
    """Claim the best free card in one transaction and give it: `done` with `card`, or `none` when nothing is left. Left
    out is what others hold, and what another person promised to do in person; what `by` skipped comes last, and `after`
    (the card just looked at) only if there is no other. `assign` keeps one person's or role's, `site` one site's,
    `channel` calls or tasks."""
    raise NotImplementedError


def release(engine: Engine, follow_up: str, by: str) -> Result:
    """Give a card back. One that `by` doesn't hold is refused as `held`, or `none` when nobody does."""
    raise NotImplementedError


def skip(engine: Engine, follow_up: str, by: str) -> Result:
    """To the end of the list, for this person alone; the card is given back. May be undone."""
    raise NotImplementedError
