"""`make bench`: all of them, one after the other."""

from __future__ import annotations

from bench import conditions, ingest

for part in (ingest, conditions):
    part.main()
