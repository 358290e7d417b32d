"""A judge of its own: reads the tables with plain SQL and proves the cadence without a line of the guard's code."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from tests.support.business import Business
from tests.support.merges import Merges, select
from tests.support.random_business import DOUBTFUL, REFUSING, Chance

SECOND = 1_000_000
HOUR = 3600 * SECOND
LENGTH = {"1 day": 24, "3 days": 72, "9 days": 216, "40 hours": 40}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BY_AREA_CODE = "America/New_York"  # of 212, which every phone has; an area code says it where nobody else does
OBEYS = ("marketing", "care")
FEDERAL = "mon-sun: 08:00-21:00"


@dataclass(frozen=True)
class Entry:
    """A row of the ledger that holds a place."""

    subject: str
    at: int
    channel: str
    purpose: str
    counts: str
    ours: bool  # by a follow-up; else a contact made by hand, which no guard was asked about
    customer: str
    since: int = 0  # when it was copied from one who had become this customer; 0: it is her own
    anew: int = 0  # when it was looked at anew, because two had become one

    @property
    def obeys(self) -> bool:
        return self.ours and self.purpose in OBEYS


def ledger(shop: Business) -> list[Entry]:
    sql = (
        "SELECT subject, at, channel, purpose, counts, follow_up <> '', customer, id, follow_up FROM touch"
        " WHERE state <> 'released' ORDER BY subject, at"
    )
    rows, merges = select(shop, sql), Merges(shop)
    holders: dict[str, set[str]] = {}
    for subject, *_, id, _ in select(shop, "SELECT subject, id, '' FROM touch WHERE subject LIKE 'c:%'"):
        holders.setdefault(id, set()).add(subject[2:])
    since = {id: merges.copied(held) for id, held in holders.items()}
    anew: dict[str, int] = {}
    for follow_up, at in merges.woken:
        anew[follow_up] = max(at, anew.get(follow_up, 0))
    return [
        Entry(*row[:5], bool(row[5]), row[6], since[row[7]].get(row[6], 0), anew.get(row[8], 0)) for row in rows
    ]  # fmt: skip


def was_known(since: int, touch: Entry) -> bool:
    """Whether what was copied at `since` was known when this touch was decided on. At the very instant of a merge what
    was due goes first, and then what is looked at anew."""
    return since < touch.at or (since == touch.at == touch.anew)


def broken_cadence(shop: Business, chance: Chance) -> list[str]:
    """Every touch that came too early after others, for each customer and each address."""
    found = []
    for subject, group in groupby(ledger(shop), key=lambda e: e.subject):
        entries = list(group)
        for touch in (e for e in entries if e.obeys and not e.since):
            known = [e for e in entries if e is not touch and was_known(e.since, touch)]
            before = [e for e in known if e.at < touch.at or (e.at == touch.at and e.obeys)]
            if any(touch.at - e.at < chance.gap * HOUR for e in before if e.counts != "no"):
                found.append(f"{subject}: gap at {touch.at}")
            for most, per, what in chance.caps:
                if covers(what, touch) and most <= sum(
                    1 for e in before if touch.at - e.at < LENGTH[per] * HOUR and e.counts == "yes" and covers(what, e)
                ):
                    found.append(f"{subject}: cap {most}/{per}{what} at {touch.at}")
    return found


def covers(what: str, entry: Entry) -> bool:
    _, _, value = what.partition(": ")
    return not value or value in (entry.channel, entry.purpose)


def out_of_hours(shop: Business, chance: Chance) -> list[str]:
    """Touches at an hour at which that channel is closed on the customer's clock (recalls may come at any)."""
    start = shop.clock.instant.fromtimestamp(0, tz=shop.clock.instant.tzinfo)
    changes = [(start + timedelta(microseconds=at), who, zone) for at, who, zone in Merges(shop).zones(chance)]
    found = []
    own = {e for e in ledger(shop) if e.ours and e.subject.startswith("c:") and not e.since}
    for touch in (e for e in own if e.purpose != "safety"):
        at = start + timedelta(microseconds=touch.at)
        mine = [(time, zone) for time, who, zone in changes if who == touch.customer]
        before = [chance.people[int(touch.customer[1:])][1], *(zone for time, zone in mine if time < at)][-1]
        # What happens at the very instant of a change may be judged by either zone.
        zones = [before or BY_AREA_CODE, *(zone for time, zone in mine if time == at)]
        told = [chance.hours[touch.channel], *([FEDERAL] if kept_by_law(touch, chance) else ())]
        if not any(all(is_open(hours, at.astimezone(ZoneInfo(zone))) for hours in told) for zone in zones):
            found.append(f"{touch.customer} {touch.channel} {at}")
    return found


def kept_by_law(touch: Entry, chance: Chance) -> bool:
    """Whether federal law speaks of it: every phone here is one of New York's."""
    return "us" in chance.laws and touch.channel in ("call", "sms") and touch.obeys


def is_open(said: str, local) -> bool:
    days, span = said.split(": ")
    first, _, last = days.partition("-")
    start, end = (60 * int(clock[:2]) + int(clock[3:]) for clock in span.split("-"))
    minute = local.hour * 60 + local.minute
    week = [WEEKDAYS.index(first) <= day <= WEEKDAYS.index(last or first) for day in range(7)]
    if start < end:
        return week[local.weekday()] and start <= minute < end
    return (week[local.weekday()] and minute >= start) or (week[local.weekday() - 1] and minute < end)


def to_the_suppressed(shop: Business) -> list[tuple]:
    """Touches of an address after it had asked not to be contacted."""
    return select(
        shop,
        "SELECT t.subject, t.at FROM touch t JOIN suppression s ON t.subject = 'a:' || s.address_key"
        " WHERE t.at > s.since AND t.state <> 'released' AND t.follow_up <> ''"
        " AND NOT (t.purpose = 'safety' AND t.channel = 'call' AND s.reason = 'do_not_call')"
        " AND s.channel IN ('all', t.channel, 'all:all', t.channel || ':all',"
        " 'all:' || t.purpose, t.channel || ':' || t.purpose)",
    )


def broken_quiet(shop: Business, chance: Chance) -> list[str]:
    """Touches that came too soon after others without a sign of life, in the silence after a refusal, or while a
    person had to read a reply."""
    told, found = news(shop), []
    for subject, group in groupby(ledger(shop), key=lambda e: e.subject):
        entries = [e for e in group if e.purpose in OBEYS]
        for n, touch in enumerate(entries):
            if touch.ours and subject.startswith("c:") and not touch.since:
                before = [e.at for e in entries[:n] if was_known(e.since, touch)]
                mine = [one[:3] for who, *one in told if f"c:{who}" == subject and was_known(one[3], touch)]
                found += [f"{subject}: {what} at {touch.at}" for what in _too_soon(touch.at, before, mine, chance)]
    return found


def news(shop: Business) -> list[tuple]:
    """(customer, type, time, data, since when it is hers if it was another's)."""
    rows, merges = select(shop, "SELECT customer, type, time, data, source, id FROM event ORDER BY time"), Merges(shop)
    holders: dict[tuple, set[str]] = {}
    for who, *_, source, id in rows:
        holders.setdefault((source, id), set()).add(who)
    since = {name: merges.copied(held) for name, held in holders.items()}
    return [
        (who, type, at, json.loads(data), since[(source, id)][who]) for who, type, at, data, source, id in rows
    ]  # fmt: skip


def against_her_word(shop: Business) -> list[str]:
    """Touches of a customer who had withdrawn her consent to them, under whichever of her names."""
    told, found = [one for one in news(shop) if one[1] == "consent.withdrawn"], []
    for touch in (e for e in ledger(shop) if e.ours and e.subject.startswith("c:") and not e.since):
        for who, _, time, data, since in told:
            about = data["channel"] in (touch.channel, "all") and data["purpose"] in (touch.purpose, "all")
            if f"c:{who}" == touch.subject and about and time < touch.at and was_known(since, touch):
                found.append(f"{touch.subject}: withdrawn {touch.channel} for {touch.purpose} at {touch.at}")
    return found


def _too_soon(at: int, before: list[int], told: list[tuple], chance: Chance) -> Iterator[str]:
    refusals = [time for type, time, data in told if time < at and refuses(type, data)]
    if any(at - time < 24 * HOUR * chance.silence for time in refusals):
        yield "silence"
    doubts = [time for type, time, data in told if time < at and data.get("text") in DOUBTFUL]
    if chance.outcome in (None, "no_answer") and any(at - time < 24 * HOUR for time in doubts):
        yield "a reply to read"
    # News of the very instant may have come before the touch or after it: it is wrong if it is wrong both ways.
    if chance.back_off is not None and all(_too_near(at, before, told, chance, until) for until in (at - 1, at)):
        yield "back-off"


def _too_near(at: int, before: list[int], told: list[tuple], chance: Chance, until: int) -> bool:
    signs = [time + (type == "outcome") for type, time, data in told if time <= until and stirs(type, data)]
    unanswered = [time for time in before if time >= max(signs, default=0)]
    after, factor, longest = chance.back_off
    times = min(longest, factor ** max(0, len(unanswered) - after))
    return bool(unanswered) and at - unanswered[-1] < chance.gap * times * HOUR


def refuses(type: str, data: dict) -> bool:
    return (
        type == "consent.withdrawn" or data.get("text") in REFUSING
        or (type == "outcome" and data["outcome"] == "do_not_call")
    )  # fmt: skip


def stirs(type: str, data: dict) -> bool:
    """Whether she did something herself."""
    if type == "outcome":
        return data["outcome"] == "reached"
    return type not in ("contact.made", "customer.changed", "consent.withdrawn", "complaint.resolved")


def told_twice(shop: Business) -> list[tuple]:
    """More than one follow-up of one event, rule and step; and more than one live touch of one follow-up,
    but for those of a customer who has become this one: both may have had the same before."""
    return select(
        shop, "SELECT customer, event, rule, step FROM follow_up GROUP BY 1, 2, 3, 4 HAVING count(*) > 1"
    ) + select(
        shop,
        "SELECT subject, follow_up FROM touch t WHERE follow_up <> '' AND state <> 'released' AND NOT EXISTS"
        " (SELECT 1 FROM alias a JOIN touch o ON o.subject = 'c:' || a.id WHERE o.id = t.id AND"
        " t.subject = 'c:' || a.\"into\") GROUP BY 1, 2 HAVING count(*) > 1",
    )


def unexplained(shop: Business) -> list[tuple]:
    """Follow-ups that did not end, or ended without a word; contacts without a place in the ledger."""
    return select(
        shop,
        "SELECT id, state, reason FROM follow_up WHERE wake IS NOT NULL OR ended IS NULL"
        " OR (reason = '' AND state <> 'sent')",
    ) + select(
        shop,
        "SELECT id, state FROM follow_up f WHERE (state = 'sent' OR (state = 'done' AND channel = 'call'))"
        " AND NOT EXISTS (SELECT 1 FROM touch t WHERE t.follow_up = f.id AND t.state = 'attempted'"
        " AND t.at = coalesce(f.listed, f.ended))",
    )


def verdict(shop: Business, chance: Chance) -> list[object]:
    parts: Iterable[list] = (
        broken_cadence(shop, chance), broken_quiet(shop, chance), out_of_hours(shop, chance), to_the_suppressed(shop),
        told_twice(shop), unexplained(shop), against_her_word(shop),
    )  # fmt: skip
    return [fault for part in parts for fault in part]
