"""High availability, proved with the real parts: `python -m bench.ha` (see docs/high-availability.md)."""
