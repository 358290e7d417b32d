from __future__ import annotations

import gzip
import io
import json
import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from outreach.core.event import Event
from outreach.doors.files import Tally, import_file, ingest_file, read_events, read_people
from outreach.doors.lines import Rejected
from outreach.engine import Engine
from outreach.errors import DatabaseError, InputError
from outreach.flow.intake import Receipt

NOT_ROOT = pytest.mark.skipif(os.geteuid() == 0, reason="root may do everything")


def line(number: int, **changed: object) -> bytes:
    told = {"id": f"e{number}", "type": "purchase", "customer": "c1", "time": "2026-11-02T14:05:00-05:00",
            "data": {"total": number}} | changed  # fmt: skip
    return json.dumps(told).encode() + b"\n"


def row(number: int, customer: str = "c1") -> bytes:
    return b"e%d,purchase,%s,2026-11-02T14:05:00-05:00,%d\n" % (number, customer.encode(), number)


HEAD = b"id,type,customer,time,data.total\n"


def stored(engine: Engine) -> dict[str, Event]:
    with engine.store.reading() as tx:
        found = tx.events.history({"c1", "c2", "c3"}, {"purchase"})
    return {e.id: e for events in found.values() for e in events}


def everything(engine: Engine) -> dict[str, list[object]]:
    with engine.store.engine.connect() as conn:
        tables = [r[0] for r in conn.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {t: sorted(map(str, conn.exec_driver_sql(f'SELECT * FROM "{t}"'))) for t in tables}


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_good_lines_go_in(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "events.jsonl", b"\xef\xbb\xbf" + line(1) + b"\n# a comment\n" + line(2) + line(1))
    assert ingest_file(engine, path) == Tally(lines=3, accepted=2, duplicates=1)
    assert sorted(stored(engine)) == ["e1", "e2"]
    assert sorted(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "json", "jsonl.gz"])
def test_the_same_file_twice_changes_nothing(engine: Engine, tmp_path: Path, suffix: str) -> None:
    lines = [line(n) for n in range(25)]
    content = {
        "jsonl": b"".join(lines), "csv": HEAD + b"".join(map(row, range(25))), "json": b"[\n" + b",".join(lines) + b"]",
        "jsonl.gz": gzip.compress(b"".join(lines)),
    }  # fmt: skip
    path = write(tmp_path / f"events.{suffix}", content[suffix])
    assert ingest_file(engine, path, batch=10) == Tally(lines=25, accepted=25)
    before = everything(engine)
    assert ingest_file(engine, path, batch=7) == Tally(lines=25, duplicates=25)
    assert everything(engine) == before


def test_all_forms_say_the_same(tmp_path: Path) -> None:
    lines = [line(n) for n in range(5)]
    forms = [
        write(tmp_path / "a.jsonl", b"".join(lines)),
        write(tmp_path / "b.json", json.dumps([json.loads(told) for told in lines], indent=2).encode()),
        write(tmp_path / "c.csv", HEAD + b"".join(map(row, range(5)))),
        write(tmp_path / "d.txt", HEAD + b"".join(map(row, range(5)))),
        write(tmp_path / "e.csv", b"".join(lines)),
        write(tmp_path / "f.csv.gz", gzip.compress(HEAD + b"".join(map(row, range(5))))),
        write(tmp_path / "g", gzip.compress(b"".join(lines))),
    ]
    first, *rest = [list(read_events(form)) for form in forms]
    assert len(first) == 5
    assert all(told == first for told in rest)


def test_bad_lines_are_written_beside_the_file(engine: Engine, tmp_path: Path) -> None:
    content = line(1) + b"{broken\r\n" + line(2, customer="nobody") + b"\n" + line(3, amount=4) + line(4)
    path = write(tmp_path / "events.jsonl", content)
    rejects = tmp_path / "events.jsonl.rejected"
    assert ingest_file(engine, path) == Tally(lines=5, accepted=2, rejected=3, rejects_path=rejects)
    unknown = b"unknown customer 'nobody': import the customer first, then send this event again"
    assert rejects.read_bytes().splitlines() == [
        b"# line 2: is not JSON: names and texts stand in double quotes", b"{broken",
        b"# line 3: " + unknown, line(2, customer="nobody").strip(),
        b"# line 5: `amount` is unknown: put it under `data`", line(3, amount=4).strip(),
    ]  # fmt: skip
    assert stat.S_IMODE(rejects.stat().st_mode) == 0o600


def test_mended_rejects_go_in_as_they_are(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "events.jsonl", line(1, customer="nobody") + line(2, amount=4))
    rejects = ingest_file(engine, path).rejects_path
    assert rejects is not None
    rejects.write_bytes(rejects.read_bytes().replace(b'"nobody"', b'"c2"'))
    again = tmp_path / "events.jsonl.rejected.rejected"
    assert ingest_file(engine, rejects) == Tally(lines=2, accepted=1, rejected=1, rejects_path=again)
    again.write_bytes(again.read_bytes().replace(b', "amount": 4', b""))
    assert ingest_file(engine, again) == Tally(lines=1, accepted=1)
    assert sorted(stored(engine)) == ["e1", "e2"]


def test_mended_rows_go_in_as_they_are(engine: Engine, tmp_path: Path) -> None:
    body = row(1, "nobody") + b"short,row\n" + row(3).replace(b",3\n", b',"3\n') + row(4)
    path = write(tmp_path / "events.csv", b"\xef\xbb\xbf" + HEAD + body)
    rejects = ingest_file(engine, path).rejects_path
    assert rejects == tmp_path / "events.csv.rejected"
    told = rejects.read_bytes().splitlines(keepends=True)
    assert [one.partition(b":")[0] for one in told] == [
        b"rejected,id,type,customer,time,data.total\n", b'"line 2', b'"line 3', b'"line 4',
    ]  # fmt: skip
    assert [one.partition(b'",')[2] for one in told[1:]] == [row(1, "nobody"), b"short,row\n", body.splitlines(True)[2]]
    mended = rejects.read_bytes().replace(b"nobody", b"c3").replace(b',"3\n', b",3\n")
    rejects.write_bytes(mended)
    again = tmp_path / "events.csv.rejected.rejected"
    assert ingest_file(engine, rejects) == Tally(lines=3, accepted=2, rejected=1, rejects_path=again)
    head, only = again.read_bytes().splitlines(keepends=True)
    assert head == told[0]
    assert only.startswith(b'"line 3: has 3 cells')
    assert only.endswith(b",short,row\n")
    again.write_bytes(head + only.replace(b"short,row", row(2).strip()))
    assert ingest_file(engine, again) == Tally(lines=1, accepted=1)
    assert sorted(stored(engine)) == ["e1", "e2", "e3", "e4"]


def test_items_of_an_array_are_rejected_one_a_line(engine: Engine, tmp_path: Path) -> None:
    told = json.dumps([json.loads(line(1)), {"id": "e2", "data": {"a b": [1, 2]}}], indent=2)
    path = write(tmp_path / "events.json", told.encode())
    rejects = ingest_file(engine, path).rejects_path
    assert rejects is not None
    assert rejects.read_bytes() == b'# item 2: type is missing\n{"id":"e2","data":{"a b":[1,2]}}\n'


def test_an_old_rejects_file_goes_at_the_start(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "events.jsonl", line(1))
    old = write(tmp_path / "events.jsonl.rejected", b"old")
    assert ingest_file(engine, path).rejects_path is None
    assert not old.exists()


def test_a_link_in_its_place_harms_nothing(engine: Engine, tmp_path: Path) -> None:
    precious = write(tmp_path / "precious", b"keep me")
    (tmp_path / "events.jsonl.rejected").symlink_to(precious)
    path = write(tmp_path / "events.jsonl", b"{\n{}\n")
    assert ingest_file(engine, path).rejected == 2
    assert precious.read_bytes() == b"keep me"


def test_the_input_is_never_written_over(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "events.jsonl", line(1, amount=1) + line(2))
    (tmp_path / "events.jsonl.rejected").hardlink_to(path)
    tally = ingest_file(engine, path)
    assert tally.rejects_path == tmp_path / "events.jsonl.rejected.rejected"
    assert path.read_bytes() == line(1, amount=1) + line(2)


def pipe(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_what_is_piped_in(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pipe(monkeypatch, line(1) + b"{}\n")
    seen: list[tuple[int, int]] = []
    tally = ingest_file(engine, "-", progress=lambda done, total: seen.append((done, total)))
    assert tally == Tally(lines=2, accepted=1, rejected=1, rejects_path=Path("stdin.rejected"))
    assert seen == [(len(line(1)) + 3, 0)]
    assert (tmp_path / "stdin.rejected").read_bytes() == b"# line 2: id is missing\n{}\n"
    assert not sys.stdin.buffer.closed


@pytest.mark.parametrize("content", [HEAD + row(1), gzip.compress(line(1), mtime=0), b"[" + line(1) + b"]"])
def test_what_is_piped_in_may_have_any_form(engine: Engine, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, content)
    assert ingest_file(engine, "-") == Tally(lines=1, accepted=1)


def test_rejects_piped_in_again_are_not_lost(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path / "stdin.rejected", b"{}\n")
    with path.open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert ingest_file(engine, "-").rejects_path == Path("stdin.rejected.rejected")
    assert path.read_bytes() == b"{}\n"


def test_progress_is_told_in_bytes(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "events.jsonl", b"".join(map(line, range(5000))))
    seen: list[tuple[int, int]] = []
    ingest_file(engine, path, progress=lambda done, total: seen.append((done, total)))
    assert len(seen) == 5
    assert seen == sorted(seen)
    assert seen[-1] == (path.stat().st_size, path.stat().st_size)


def test_history_starts_nothing_but_is_stored(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "events.jsonl", line(1))
    assert ingest_file(engine, path, starts=False).accepted == 1


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("x.jsonl", b"", "is empty: there is nothing to take"),
        ("x.jsonl", b"\xef\xbb\xbf", "is empty: there is nothing to take"),
        ("x.jsonl", line(1).decode().encode("utf-16"), "is UTF-16: save it as UTF-8"),
        ("x.xlsx", b"PK\x03\x04....", "is an Excel or ZIP file: save the sheet as CSV, or unpack it"),
        ("x.json", b'{\n  "id": "e1"\n}', "spreads an object over several lines: write one object a line (jq -c .)"),
        ("x.json", b'[{"id": 1}', "begins like a JSON array, but is none: Input data was truncated"),
        ("x.gz", gzip.compress(line(1), mtime=0)[:-9],
         "can't be read to its end, it is damaged or cut off: Compressed file ended before the end-of-stream marker was"
         " reached"),
    ],
)  # fmt: skip
def test_an_input_that_cannot_be_read(engine: Engine, tmp_path: Path, name: str, content: bytes, problem: str) -> None:
    path = write(tmp_path / name, content)
    keep = write(tmp_path / f"{name}.rejected", b"mended by hand")
    with pytest.raises(InputError) as caught:
        ingest_file(engine, path)
    assert str(caught.value) == f"{path} {problem}"
    assert keep.exists()


def test_a_missing_file_and_a_folder(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no file .*nowhere"):
        ingest_file(engine, tmp_path / "nowhere")
    with pytest.raises(InputError, match="is a folder: name the files in it"):
        list(read_events(tmp_path))
    with pytest.raises(InputError, match="can't be read: embedded null byte"):
        list(read_people("a\0b"))


@NOT_ROOT
def test_a_file_of_somebody_else(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "x", line(1))
    path.chmod(0)
    with pytest.raises(InputError, match="can't be read: Permission denied"):
        ingest_file(engine, path)


def test_rejects_that_cannot_be_written_stop_the_run_before_it_begins(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "events.jsonl", line(1) + b"{}\n")
    (tmp_path / "events.jsonl.rejected").mkdir()
    with pytest.raises(InputError, match=r"go to .*rejected, and that can't be written \(Is a directory"):
        ingest_file(engine, path)
    assert stored(engine) == {}


def test_rejects_that_cannot_be_written_any_more(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "events.jsonl", line(1) + b"{}\n")
    ingest = engine.ingest

    def meanwhile(self: Engine, events: Sequence[Event], *, starts: bool = True) -> list[Receipt]:
        (tmp_path / "events.jsonl.rejected").mkdir()
        return ingest(events, starts=starts)

    monkeypatch.setattr(Engine, "ingest", meanwhile)
    with pytest.raises(InputError, match="that can't be written"):
        ingest_file(engine, path)


def test_a_database_that_gives_up_says_where_to_go_on(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "events.jsonl", b"# from the till\n" + b"".join(map(line, range(30))))
    ingest = engine.ingest
    calls: list[int] = []

    def full(self: Engine, events: Sequence[Event], *, starts: bool = True) -> list[Receipt]:
        calls.append(len(events))
        if len(calls) == 3:
            raise DatabaseError("the disk is full: nothing was stored in x.db")
        return ingest(events, starts=starts)

    with monkeypatch.context() as patch:
        patch.setattr(Engine, "ingest", full)
        with pytest.raises(DatabaseError) as caught:
            ingest_file(engine, path, batch=10)
    assert str(caught.value) == (
        "the disk is full: nothing was stored in x.db. What stands before line 22 of"
        f" {path} is stored, nothing from there on; run the same command again to go on from there: what is stored is"
        " not stored twice"
    )
    assert len(stored(engine)) == 20
    assert ingest_file(engine, path) == Tally(lines=30, accepted=10, duplicates=20)


def test_a_line_without_end_is_not_kept_in_memory(engine: Engine, tmp_path: Path) -> None:
    endless = line(9, data={"x": "y" * 3_000_000})
    path = write(tmp_path / "events.jsonl", line(1) + endless + line(2))
    tally = ingest_file(engine, path)
    assert tally == Tally(lines=3, accepted=2, rejected=1, rejects_path=tally.rejects_path)
    assert tally.rejects_path is not None
    assert tally.rejects_path.read_bytes().startswith(b"# line 2: longer than 1048576 bytes")
    assert len(tally.rejects_path.read_bytes()) < 200


def test_an_array_is_not_read_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outreach.doors.sources.LONGEST_ARRAY", 100)
    path = write(tmp_path / "events.json", b"[" + line(1) + b"]")
    with pytest.raises(InputError, match="is one JSON array of more than 0 MiB: write one object a line"):
        list(read_events(path))


def test_customers_come_with_their_consents(engine: Engine, tmp_path: Path) -> None:
    head = b"id,first_name,phone,country,consent.sms.marketing,points\n"
    path = write(tmp_path / "people.csv", head + b"c7,Ann,212 555 0101,US,yes,12\nc8,Bob,555,US,,\n")
    rejects = tmp_path / "people.csv.rejected"
    assert import_file(engine, path) == Tally(lines=2, accepted=1, rejected=1, rejects_path=rejects)
    before = everything(engine)
    assert import_file(engine, path).accepted == 1
    assert everything(engine) == before
    with engine.store.reading() as tx:
        assert tx.customers.get(["c7"])["c7"].phone == "+12125550101"
        assert [c.given for c in tx.customers.consents(["c7"])["c7"]] == [True]
        assert "points" in tx.customers.fields()
    assert rejects.read_bytes().splitlines()[1] == (
        b"\"line 3: phone '555' is too short: write it like +12125550101\",c8,Bob,555,US,,"
    )


def test_people_are_read_without_a_store(tmp_path: Path) -> None:
    path = write(tmp_path / "people.jsonl", b'{"id": "c1", "vip": true}\n{"id": ""}\n')
    first, second = read_people(path)
    assert not isinstance(first, Rejected)
    assert first[0].fields == {"vip": True}
    assert second == Rejected(line=2, reason="id is empty", raw=b'{"id": ""}')
