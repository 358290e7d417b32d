"""An event: something that happened to a customer. Immutable."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(slots=True, kw_only=True)
class Event:
    """`time` is UTC; `source` and `id` together are accepted once for ever; `data` is the JSON object as it came.

    Not frozen, because a frozen one costs three times as much to make on the path that takes thousands a second;
    nothing writes to it after the door.
    """

    id: str
    type: str
    customer: str
    time: datetime
    data: dict[str, Any] = field(default_factory=dict)
    site: str = ""
    source: str = ""
