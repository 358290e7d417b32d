"""Runs that take after the first of their kind are what planning each with care would have made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.core.event import Event
from outreach.store.events import Events
from tests.support.business import Business, a_customer, a_rule, an_engine, an_event, rules_of, utc

NOW = utc("2026-11-02T15:00")  # America's clocks went back the day before; Lord Howe's went forward a month ago
#: Each has something about it that its runs could hang on.
RULES = rules_of(
    *(
        a_rule(f"sms: {{at: {at}, template: {template}, valid_for: {valid}}}", name=f"r{n}", **more)
        for n, (at, valid, template, more) in enumerate(
            [
                ("immediately", "2 hours", "hi", {"when": "event.total > 3"}),
                ("immediately", "1 minute", "hi", {"late": "all"}),
                ("immediately", "1 business day", "hi", {"site": "[north]"}),
                ("next day 10:00", "1 business day", "hi", {"max_event_age": "12 hours"}),
                ("next day 10:00", "2 hours", "hi", {"max_event_age": "30 days", "late": "latest"}),
                ("next day 10:00", "2 hours", "hi", {"max_event_age": "30 days", "when": "\"'vip' in customer.tags\""}),
                ("next business day 02:30", "3 days", "{a: hi, b: also}", {}),
                ("next monday 09:00", "2 hours", "hi", {"when": "\"count('purchase', '2 days') > 1\""}),
                ("in 3 days 00:30", "1 business day", "hi", {"holdout": "50%"}),
                ("same day 18:00", "2 hours", "hi", {"once_per": "2 days"}),
                ("in 2 hours", "3 days", "hi", {}),
                ("in 90 minutes", "2 hours", "hi", {}),
                ("in 3 hours", "3 days", "hi", {"key": "id_of"}),
                ("in 2 days", "3 days", "hi", {"max_per_day": "2"}),
                ("next day 10:00", "3 days", "hi", {"stop_on": "[visit]"}),
                ("next day 10:00", "3 days", "hi", {"from": "2026-11-02"}),
            ]
        )
    )
)
PEOPLE = [
    a_customer("c0"), a_customer("c1", timezone="Australia/Lord_Howe"), a_customer("c2", timezone=""),
    a_customer("c3", timezone="Nowhere/At_All", site="north"), a_customer("c4", country="DE", timezone="Europe/Berlin"),
    a_customer("c5", tags=("vip",), site="south"),
]  # fmt: skip


#: Minutes from now, who, how much, where.
told = st.lists(
    st.tuples(st.integers(-4 * 24 * 60, 12 * 60), st.integers(0, 5), st.integers(0, 9), st.sampled_from(["", "south"])),
    min_size=10, max_size=30,
)  # fmt: skip


@settings(max_examples=20)
@given(news=told, hours=st.sampled_from([1, 0, 20]))
def test_a_run_like_another_is_the_run_that_would_have_been_planned(
    news: Sequence[tuple[int, int, int, str]], hours: int
):
    events = [
        Event(id=f"e{n}", type="purchase", customer=f"c{who}", time=NOW + timedelta(minutes=at), site=site,
              data={"total": total, "id_of": f"n{total % 3}"})
        for n, (at, who, total, site) in enumerate(news)
    ]  # fmt: skip
    short, long = an_engine(RULES, *PEOPLE), an_engine(RULES, *PEOPLE)
    assert short.engine.rules.alike
    long.engine.rules.alike = frozenset()
    for some in (events[::2], events[1::2], events[:2]):
        assert short.engine.ingest(some) == long.engine.ingest(some)
        short.clock.instant = long.clock.instant = long.clock.instant + timedelta(hours=hours)
    assert written(short) == written(long)


def written(shop: Business) -> list[object]:
    with shop.engine.store.reading() as tx:
        return [(sorted(tx.follow_ups.all_of(c.id), key=lambda f: f.id), tx.traces.of(c.id)) for c in PEOPLE]


def test_news_of_the_end_is_asked_for_once_for_all_who_begin(monkeypatch: pytest.MonkeyPatch):
    people = [a_customer(f"c{n}") for n in range(4)]
    shop = an_engine(rules_of(a_rule(stop_on="[visit, complaint.*]")), *people)
    shop.tell("complaint.opened", "c2", at="2026-11-02T14:59")
    asked: list[set[str]] = []
    history = Events.history

    def counting(self: Events, customers: Iterable[str], types: Iterable[str]) -> dict[str, list[Event]]:
        who = set(customers)
        asked.append(who)
        return history(self, who, types)

    monkeypatch.setattr(Events, "history", counting)
    earlier = NOW - timedelta(minutes=5)
    shop.engine.ingest([an_event("purchase", f"c{n}", at=earlier, id=f"e{n}") for n in range(4)])
    assert asked == [{"c0", "c1", "c2", "c3"}]
    assert [shop.one(customer=f"c{n}").state for n in range(4)] == ["scheduled", "scheduled", "cancelled", "scheduled"]
