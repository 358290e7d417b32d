"""`make bench`: all of them, one after the other."""

from __future__ import annotations

from bench import copying, ingest, planner, rules, workers, year

for part in (ingest, copying, workers, rules, planner):
    print(f"\n== {part.__name__}\n")
    part.main()
year.main(300)  # 10,000 take some minutes: python -m bench.year
