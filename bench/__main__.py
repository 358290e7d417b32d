"""`make bench`: all of them, one after the other."""

from __future__ import annotations

from bench import ingest, planner, rules, year

for part in (ingest, rules, planner):
    part.main()
year.main(300)  # 10,000 take some minutes: python -m bench.year
