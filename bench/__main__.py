"""`make bench`: all of them, one after the other."""

from __future__ import annotations

from bench import ingest, planner, rules

for part in (ingest, rules, planner):
    part.main()
