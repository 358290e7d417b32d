"""The clock of all processes of a play: the computer's, set forward by what stands in a file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path


class ShiftedClock:
    """Never goes back: the file's number only grows."""

    def __init__(self, file: Path):
        self.file = file

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(self.file.read_text() or 0))

    def shift(self, seconds: float) -> None:
        """Time passes, for everybody."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str(float(self.file.read_text()) + seconds if self.file.exists() else seconds))
        fresh.replace(self.file)
