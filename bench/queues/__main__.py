"""One of them, once: prints what it took as JSON."""

from __future__ import annotations

import json
import sys
from importlib import import_module

name, url, number, *workers = sys.argv[1:]
took = import_module(f"bench.queues.{name}").run(url, int(number), int(workers[0]) if workers else 1)
print(json.dumps(took))
