"""The pages for people, in the order in which an address is looked for: a customer's id may hold anything, so it comes
after all others."""

from __future__ import annotations

from typing import Final

from outreach.web import by_hand, cards, deeds, dialling, live, lookup, manager, pages, switches, today

FOR_PEOPLE: Final = (today, cards, deeds, dialling, live, lookup, by_hand, manager, pages, switches)
