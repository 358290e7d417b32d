from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.doors.lines import decode_event, event_of
from outreach.doors.people import customer_of
from outreach.doors.reading import EVENTS, PEOPLE
from outreach.doors.sheet import Row, Sheet, value_of
from outreach.errors import InputError

HEAD = b"id,type,customer,time,data.total,data.note\n"
ROW = b"e%d,purchase,c1,2026-11-02T14:05:00-05:00,42.5,hello\n"
WIDTH = "cells, the first line has 6: does a cell hold a ',' or a quote? Then put it in double quotes"
OPEN_QUOTE = "a double quote is opened and never closed: write a quote inside a cell twice"


def rows(body: bytes, head: bytes = HEAD) -> list[Row]:
    return list(Sheet(io.BytesIO(head + body), EVENTS.columns, "x.csv").rows())


def row(number: int) -> bytes:
    return ROW % number


def ids(found: list[Row]) -> list[str]:
    return [plain if isinstance(plain, str) else plain["id"] for _, _, plain in found]


def test_a_row_is_the_same_object_as_a_line() -> None:
    assert rows(row(1)) == [
        (2, row(1), {"id": "e1", "type": "purchase", "customer": "c1", "time": "2026-11-02T14:05:00-05:00",
                     "data": {"total": 42.5, "note": "hello"}}),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("42.5", 42.5), ("3", 3), ("-3", -3), ("0", 0), ("0.10", 0.1), ("true", True), ("FALSE", False),
        ("007", "007"), ("+3", "+3"), ("+12125550101", "+12125550101"), ("1e5", "1e5"), (".5", ".5"), ("5.", "5."),
        ("1,5", "1,5"), ("1 000", "1 000"), ("123456789012345", 123456789012345),
        ("1234567890123456", "1234567890123456"), ("NaN", "NaN"), ("inf", "inf"), ("٣", "٣"), ("yes", "yes"),
        ("2026-11-02", "2026-11-02"), ("--1", "--1"), ("null", "null"),
    ],
)  # fmt: skip
def test_what_a_cell_means(cell: str, value: object) -> None:
    assert (type(value_of(cell)), value_of(cell)) == (type(value), value)


def test_an_empty_cell_is_nothing_and_spaces_around_are_nothing() -> None:
    ((_, _, plain),) = rows(b" e1 ,purchase,c1,2026-11-02T14:05:00Z,, hi \n")
    assert isinstance(plain, dict)
    assert plain["id"] == "e1"
    assert plain["data"] == {"note": "hi"}


def test_excel_and_friends_are_understood() -> None:
    head = b"\xef\xbb\xbfid;type;customer;time;data.total;\r\n"
    found = rows(b"e1;p;c1;2026-11-02T14:05:00Z;3;\r\n;;;;;\r\n\r\ne2;p;c1;2026-11-02T14:05:00Z;3;\r\n", head)
    assert [(n, raw[:2]) for n, raw, _ in found] == [(2, b"e1"), (5, b"e2")]


def test_a_value_under_no_name_is_refused() -> None:
    ((_, _, plain),) = rows(b"e1,p,c1,2026-11-02T14:05:00Z,lost\n", b"id,type,customer,time,\n")
    assert plain == "'lost' stands in a column without a name"


def test_a_cell_may_hold_quotes_commas_and_lines() -> None:
    ((line, raw, plain),) = rows(b'e1,p,c1,2026-11-02T14:05:00Z,1,"a ""b"",\nc"\n')
    assert isinstance(plain, dict)
    assert (line, raw.count(b"\n"), plain["data"]["note"]) == (2, 2, 'a "b",\nc')


def test_lines_are_counted_past_quoted_ones() -> None:
    found = rows(b'e1,p,c1,2026-11-02T14:05:00Z,1,"a\nb\nc"\n' + row(2) + b"short\n")
    assert [n for n, _, _ in found] == [2, 5, 6]
    assert found[-1][2] == f"has 1 {WIDTH}"


def test_too_many_cells_are_refused() -> None:
    assert ids(rows(row(1) + row(2).replace(b"hello", b"hello, you") + row(3))) == ["e1", f"has 7 {WIDTH}", "e3"]


@pytest.mark.parametrize(
    "bad", [b'e2,p,c1,2026-11-02T14:05:00Z,1,"open\n', b'"\n', b'e2,"p,c1,2026-11-02T14:05:00Z,1,2\n']
)
def test_an_open_quote_swallows_no_other_row(bad: bytes) -> None:
    after = b"".join(row(n) for n in range(3, 60))
    found = rows(row(1) + bad + after)
    assert ids(found) == ["e1", OPEN_QUOTE, *(f"e{n}" for n in range(3, 60))]
    assert found[1][:2] == (3, bad)
    assert [n for n, _, _ in found] == list(range(2, 61))


def test_an_open_quote_before_a_quoted_cell_swallows_nothing_either() -> None:
    quoted = row(4).replace(b"hello", b'"a, b"')
    found = rows(row(1) + row(2).replace(b"hello", b'"open') + row(3) + quoted + row(5))
    said = ids(found)
    assert said[0] == "e1"
    assert "double quote" in said[1]
    assert said[2:] == ["e3", "e4", "e5"]


@pytest.mark.parametrize("between", [0, 1, 20])
def test_two_stray_quotes_swallow_nothing(between: int) -> None:
    opens, closes = row(2).replace(b"hello", b'"open'), row(90).replace(b"hello", b'12"')
    swallowed = b"".join(row(n) for n in range(3, 3 + between))
    found = rows(row(1) + opens + swallowed + closes + row(91))
    assert ids(found) == ["e1", OPEN_QUOTE, *(f"e{n}" for n in range(3, 3 + between)), "e90", "e91"]


def test_lines_of_a_note_may_have_commas() -> None:
    head = b"id,note\n"
    found = Sheet(io.BytesIO(head + b'c1,"one, two\nthree, four"\nc2,x\n'), PEOPLE.columns, "x.csv").rows()
    assert [plain for _, _, plain in found] == [
        {"id": "c1", "note": "one, two\nthree, four"},
        {"id": "c2", "note": "x"},
    ]


def test_a_row_of_too_many_cells_over_two_lines() -> None:
    found = rows(row(1) + b'e2,p,c1,2026-11-02T14:05:00Z,1,"a\nb",extra\n' + row(3))
    assert ids(found) == ["e1", f"has 7 {WIDTH}", "e3"]


def test_a_long_quote_is_bounded() -> None:
    found = rows(row(1) + row(2).replace(b"hello", b'"open') + b"".join(row(n) for n in range(3, 4000)))
    assert ids(found)[:3] == ["e1", OPEN_QUOTE, "e3"]
    assert len(found) == 3999


def test_what_is_not_utf8_is_refused_row_by_row() -> None:
    found = rows(row(1) + row(2).replace(b"hello", b"caf\xe9") + row(3))
    assert ids(found) == ["e1", "is not UTF-8: save the sheet as “CSV UTF-8”", "e3"]
    assert found[1][1] == row(2).replace(b"hello", b"caf\xe9")


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        (b"id,type,time\n", "the first line must name the columns, and has no `customer`"),
        (b"id,type,Customer,time\n",
         "the first line must name the columns, and has no `customer` (but `Customer` instead of `customer`)"),
        (b"e1,purchase,c1,2026\n", "the first line must name the columns, and has no `id`, `type`, `customer`, `time`"),
        (b"\n", "the first line must name the columns, and has no `id`, `type`, `customer`, `time`"),
        (b"id,type,customer,time,id\n", "the column `id` is there twice"),
        (b"id,type,customer,time,total\n", "the column `total` is unknown: name it `data.total`"),
        (b"id,type,customer,time,sitte\n", "the column `sitte` is unknown: did you mean `site`?"),
        (b"id,type,customer,time,site.x\n", "the column `site.x` is unknown: did you mean `site`?"),
        (b"id,type,customer,time,data\n", "the column `data` must name what is inside, such as `data.NAME`"),
        (b"id,type,customer,time,data.\n", "the column `data.` has a dot too many"),
        (b"id,type,customer,time,data.a.b,data.a\n", "the columns `data.a` and `data.a.b` can't both be there"),
        (b"id,type,customer,time,data.caf\xe9\n", "it is not UTF-8: save the sheet as “CSV UTF-8”"),
    ],
)  # fmt: skip
def test_a_wrong_head_refuses_the_sheet(head: bytes, problem: str) -> None:
    with pytest.raises(InputError) as caught:
        Sheet(io.BytesIO(head), EVENTS.columns, "x.csv")
    assert str(caught.value) == f"x.csv: {problem}"


def test_the_column_of_a_rejects_file_is_passed_over() -> None:
    ((_, _, plain),) = rows(b'"line 2: why",' + row(1), b"rejected," + HEAD)
    assert event_of(plain) == event_of(rows(row(1))[0][2])


NAMES = st.sampled_from(["total", "note", "order.id", "order.lines"])
#: Texts that a cell keeps as they are: not empty, no spaces around, not like a number.
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=15).map(lambda t: f"x{t.strip()}")
VALUES = TEXTS | st.integers(-(10**14), 10**14) | st.booleans() | st.sampled_from([0.5, 42.5, -3.25])


@given(st.lists(st.dictionaries(NAMES, VALUES), min_size=1, max_size=5))
def test_a_sheet_says_what_lines_say(told: list[dict[str, Any]]) -> None:
    columns = sorted({name for data in told for name in data})
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["id", "type", "customer", "time", *(f"data.{n}" for n in columns)])
    lines = []
    for i, data in enumerate(told):
        time = f"2026-11-02T14:05:{i:02}-05:00"
        cells = [str(v).lower() if isinstance(v := data.get(n, ""), bool) else v for n in columns]
        writer.writerow([f"e{i}", "purchase", "c1", time, *cells])
        nested: dict[str, Any] = {}
        for name, value in data.items():
            top, _, part = name.partition(".")
            nested.update({top: nested.get(top, {}) | {part: value}} if part else {top: value})
        lines.append({"id": f"e{i}", "type": "purchase", "customer": "c1", "time": time, "data": nested})
    sheet = Sheet(io.BytesIO(out.getvalue().encode()), EVENTS.columns, "x.csv")
    assert [event_of(plain) for _, _, plain in sheet.rows()] == [decode_event(json.dumps(e).encode()) for e in lines]


def test_customers_say_the_same_in_both() -> None:
    head = (
        b"id,first_name,phone,country,birthday,tags,points,vip,code,home.city,consent.sms.marketing,consent.sms.at,"
        b"consent.call.all\n"
    )
    body = b"7,Ann,212 555 0101,US,--02-29,vip;salon,12,true,007,Troy,yes,2026-01-05T10:00:00Z,0\n"
    ((_, _, plain),) = Sheet(io.BytesIO(head + body), PEOPLE.columns, "x.csv").rows()
    assert customer_of(plain) == customer_of({
        "id": "7", "first_name": "Ann", "phone": "+12125550101", "country": "US", "birthday": "--02-29",
        "tags": ["vip", "salon"], "points": 12, "vip": True, "code": "007", "home": {"city": "Troy"},
        "consent": {"sms": {"marketing": True, "at": "2026-01-05T10:00:00Z"}, "call": {"all": False}},
    })  # fmt: skip


@given(st.binary(max_size=400) | st.text('ab",\n\r;', max_size=200).map(str.encode))
def test_random_bytes_never_raise(body: bytes) -> None:
    for line, raw, plain in rows(body):
        assert line >= 2
        assert raw
        assert plain


@given(st.text('ab",\n', max_size=80))
def test_nothing_is_lost(text: str) -> None:
    kept = b"".join(raw for _, raw, _ in rows(text.encode())).decode()
    assert [c for c in kept if c.isalpha()] == [c for c in text if c.isalpha()]
