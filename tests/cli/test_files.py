"""`ingest` and `customers import`: the good lines go in, the bad ones beside the file; twice changes nothing."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

from tests.cli.conftest import CUSTOMERS, EVENTS, Run, jsonl


def test_a_file_twice_changes_nothing(run: Run, business: Path):
    assert run("customers", "import", jsonl(business / "cu.jsonl", CUSTOMERS)).out == (
        f"{business}/cu.jsonl: 2 customers taken, 0 known before, 0 rejected\n"
    )
    events = jsonl(business / "ev.jsonl", EVENTS)
    assert "2 events taken, 0 known before, 0 rejected" in run("ingest", events).out
    again = run("ingest", events, "--json")
    assert again.code == 0
    tally = again.json[str(events)]
    assert (tally["accepted"], tally["duplicates"], tally["rejected"], tally["rejects_path"]) == (0, 2, 0, "")
    assert run("customers", "import", business / "cu.jsonl").code == 0


def test_bad_lines_are_kept_with_their_reason_and_the_exit_code_says_so(run: Run, business: Path):
    ran = run("customers", "import", jsonl(business / "cu.jsonl", ["nonsense", *CUSTOMERS, {"first_name": "no id"}]))
    assert ran.code == 1
    assert "2 customers taken, 0 known before, 2 rejected" in ran.out
    assert "cu.jsonl.rejected" in ran.err
    rejected = (business / "cu.jsonl.rejected").read_text()
    assert "line 1" in rejected
    assert "nonsense" in rejected
    stranger = EVENTS[0] | {"id": "e9", "customer": "nobody"}
    ran = run("ingest", jsonl(business / "ev.jsonl", [*EVENTS, stranger]))
    assert ran.code == 1
    assert "import the customer first" in (business / "ev.jsonl.rejected").read_text()


def test_csv_has_the_same_names_with_dots(run: Run, business: Path):
    with (business / "cu.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "first_name", "phone", "timezone", "consent.sms.marketing"])
        rows.writerow(["ann", "Ann", "+12125550101", "America/New_York", "true"])
    with (business / "ev.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "type", "customer", "time", "site", "data.total"])
        rows.writerow(["e1", "purchase", "ann", datetime.now(UTC).isoformat(), "shop", "42.5"])
    assert run("customers", "import", "cu.csv").code == 0
    assert run("ingest", "ev.csv").code == 0
    told = run("why", "ann", "--json").json
    assert [f["rule"] for f in told["follow_ups"]] == ["thank-you-for-the-purchase"]
    assert told["follow_ups"][0]["state"] == "scheduled"


def test_a_dash_is_standard_input(run: Run, business: Path):
    lines = "".join(line.read_text() for line in [jsonl(business / "cu.jsonl", CUSTOMERS)])
    ran = run("customers", "import", "-", stdin=lines)
    assert (ran.code, ran.out) == (0, "-: 2 customers taken, 0 known before, 0 rejected\n")


def test_files_that_cannot_be_read_are_named(run: Run, business: Path):
    for args in (["ingest", "nowhere.jsonl"], ["customers", "import", "rules"], ["ingest", "nowhere.csv"]):
        ran = run(*args)
        assert ran.code == 1
        assert args[-1] in ran.err


def test_three_years_of_history_contact_nobody(run: Run, business: Path):
    run("customers", "import", jsonl(business / "cu.jsonl", CUSTOMERS))
    old = [EVENTS[0] | {"id": f"old{n}", "time": f"202{3 + n % 3}-11-0{1 + n % 9}T12:00:00Z"} for n in range(50)]
    assert run("ingest", jsonl(business / "ev.jsonl", old)).code == 0
    assert run("why", "ann", "--json").json["follow_ups"] == []
