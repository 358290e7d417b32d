from __future__ import annotations

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest

from outreach.core.event import Event
from outreach.desk import Load
from outreach.web.drawing import boxes, chart
from tests.web.house import MONDAY, House, haircut, plain

NASTY = "<script>alert('x')</script>"
DAY = date(2026, 11, 3)


def send(house: House, path: str, **fields: str) -> Any:
    return house.client.post(path, data={"token": house.token, "by": "Ann"} | fields)


def page(house: House, path: str = "/manager") -> str:
    return html.unescape(plain(house.client.get(path).text))


def test_giving_a_card_to_somebody_and_to_a_site(busy: House):
    card = busy.cards()[0].id
    assert send(busy, f"/calls/{card}/assign", to="Tom", site="shop").headers["location"] == (
        f"/manager?said=assigned&after={card}"
    )
    assert [(c.assign, c.site) for c in busy.cards()] == [("Tom", "shop")]
    assert "Given on · Maya Okafor" in page(busy, f"/manager?said=assigned&after={card}")
    send(busy, f"/calls/{card}/assign", anyone="1")
    assert [(c.assign, c.site) for c in busy.cards()] == [("", "shop")]


def test_giving_all_that_are_shown(house: House):
    stay = Event(id="s1", type="stay.booked", customer="maya", time=MONDAY, data={"room": 7})
    house.happens(stay, haircut())
    assert "On the list 1" in page(house, "/manager?assign=Lena")
    assert send(house, "/manager/assign", assign="Lena", to="Tom").status_code == 303
    assert sorted(c.assign for c in house.cards()) == ["Tom", "housekeeping"]


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/calls/CARD/assign", {}, 422), ("/calls/CARD/assign", {"to": "x" * 300}, 422),
        ("/calls/nothing/assign", {"to": "Tom"}, 404), ("/calls/CARD/assign", {"to": "Tom", "token": "stale"}, 403),
        ("/manager/absence", {}, 422), ("/manager/absence", {"who": "Lena", "since": "x", "until": "2026-11-05"}, 422),
        ("/manager/absence", {"who": "Lena", "since": "2026-11-05", "until": "2026-11-04"}, 422),
        ("/manager/absence", {"who": "Lena", "since": "2026-11-03", "until": "2026-11-05", "to": "lena"}, 422),
        ("/manager/back", {"who": "nobody"}, 303),
    ],
)  # fmt: skip
def test_forms_of_every_kind(busy: House, path: str, fields: dict[str, str], status: int):
    answer = send(busy, path.replace("CARD", busy.cards()[0].id), **fields)
    assert answer.status_code == status
    assert [c.assign for c in busy.cards()] == ["Lena"]


def test_somebody_is_away_and_comes_back(busy: House):
    away = {"who": "Lena", "since": "2026-11-03", "until": "2026-11-05", "to": NASTY}
    assert send(busy, "/manager/absence", **away).headers["location"] == "/manager?said=away"
    text = page(busy)
    assert f"Lena Tue 3 Nov 00:00 – Thu 5 Nov 00:00 {NASTY} stands in, says Ann" in text
    assert NASTY not in busy.client.get("/manager").text
    assert [(c.assign, c.stands_in_for) for c in busy.cards()] == [(NASTY, "Lena")]
    assert "standing in for Lena" in page(busy, "/")
    send(busy, "/manager/back", who="lena")
    assert [(c.assign, c.stands_in_for) for c in busy.cards()] == [("Lena", "")]


def test_the_load_as_a_figure_and_as_a_table(busy: House):
    markup = busy.client.get("/manager").text
    assert len(re.findall(r'<th scope="col">(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ', markup)) == 14
    assert markup.count('<rect class="call"') == 14
    assert re.search(r"the house calls \d", page(busy))


def test_an_empty_house_teaches(house: House):
    text = page(house)
    assert "Say who is away" in text
    assert "Nothing is on the list" in text


def test_bars_stand_on_their_line_and_never_leave_the_sheet():
    loads = [
        Load(day=DAY + timedelta(days=n), channel=channel, of="house", planned=planned, capacity=capacity)
        for n, (planned, capacity) in enumerate([(0, None), (7, 10), (12, 10)])
        for channel in ("call", "task")
    ]
    drawn = chart(loads)
    bars = [bar for day in drawn.days for bar in day.bars]
    assert [bar.n for bar in bars] == [0, 0, 7, 7, 12, 12]
    assert [bar.over for bar in bars] == [False] * 4 + [True] * 2
    assert all(abs(bar.y + bar.height - drawn.base) < 0.01 and bar.y >= 0 for bar in bars)
    assert all(0 <= bar.x <= drawn.width - bar.width for bar in bars)
    assert bars[4].height > bars[2].height > bars[0].height == 0
    assert bars[2].limit == bars[4].limit
    assert chart([]).days == ()


def test_all_four_quadrants_are_always_drawn():
    drawn = boxes({"important": 3})
    assert [(box.words, box.n) for box in drawn] == [
        ("Urgent and important", 0), ("Important and not urgent", 3), ("Only urgent", 0), ("Neither", 0),
    ]  # fmt: skip
    assert len({(box.x, box.y) for box in drawn}) == 4
