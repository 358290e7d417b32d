"""Public holidays of any place and year: the table that the core asks, which has none of its own."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from outreach.rulebook.hints import did_you_mean


@lru_cache(maxsize=4096)
def public_holidays(country: str, region: str, year: int) -> frozenset[date]:
    """The days nobody works there; none for a place that isn't known, the country's for an unknown region.

    >>> public_holidays("US", "NY", 2026) >= {date(2026, 7, 3), date(2026, 11, 26)}
    True
    >>> public_holidays("", "", 2026)
    frozenset()
    """
    from holidays import country_holidays  # takes half a second, and most commands never ask

    if not country:
        return frozenset()
    for subdivision in (region.upper() or None, None):
        try:
            return frozenset(country_holidays(country.upper(), subdiv=subdivision, years=year))
        except NotImplementedError:
            continue
    return frozenset()


def bad_place(text: str) -> tuple[str, str] | None:
    """What is wrong with `US-NY`, and a hint; None when its holidays are known."""
    from holidays import list_supported_countries

    known = list_supported_countries()
    country, _, region = text.partition("-")
    if country not in known:
        hint = did_you_mean(country.upper(), known) if len(country) == 2 else ""
        return f"no public holidays are known for `{country}`", hint or "write `US`, `US-NY`, `FR` …, or `none`"
    if region and region not in known[country]:
        hint = did_you_mean(region, known[country], f"{country}-{{}}")
        return f"`{country}` has no part `{region}` with public holidays", hint or f"write `{country}`"
    return None
