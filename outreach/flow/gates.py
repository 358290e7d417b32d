"""A gate before each sender: its breaker and its bucket. One set for each process: each worker learns for itself."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from outreach.core.breaker import Breaker, Bucket
from outreach.core.planner import Place
from outreach.core.trace import Reason
from outreach.ports import Answer, Refused, Sender, Sent, Unknown, Unsent
from outreach.rendering.segments import sms_segments

log = logging.getLogger("outreach.gates")


@dataclass(slots=True)
class Gates:
    """By the sender's name. Where a sender has no `per_second`, no bucket is kept."""

    breakers: dict[str, Breaker] = field(default_factory=dict)
    buckets: dict[str, Bucket] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def shut(self, sender: Sender, now: datetime) -> Place | None:
        """Why nothing may be claimed for this sender now, and until when; None when something may."""
        if sender.idempotency == "native":
            return None
        with self._lock:
            breaker = self.breakers.get(sender.name)
            until = breaker.shut(now) if breaker else None
            if breaker and until:
                code = f"{'stopped' if breaker.stopped else 'breaker'}:{sender.name}"
                return Place(at=until, reasons=(Reason(code=code, text=breaker.why),))
            bucket = self._bucket(sender, now)
            until = bucket.wait(now) if bucket else None
        if until is None:
            return None
        return Place(at=until, reasons=(Reason(code=f"pace:{sender.name}", text="so many a second may go out"),))

    def take(self, sender: Sender, body: str, now: datetime) -> None:
        """This text is about to go out."""
        with self._lock:
            bucket = self._bucket(sender, now)
            if bucket is not None:
                bucket.take(max(1, sms_segments(body)[0]) if "sms" in sender.channels else 1)

    def heard(self, sender: Sender, answer: Answer, now: datetime) -> bool:
        """What the sender said to a call; whether that opened or closed its gate."""
        if sender.idempotency == "native":
            return False
        with self._lock:
            breaker = self.breakers.setdefault(sender.name, Breaker())
            was_shut = breaker.until is not None
            match answer:
                case Refused(stop_sender=True):
                    breaker.stop(
                        now, f"{sender.name} says our account is at fault: {answer.code} {answer.text}".strip()
                    )
                case Sent(alarm=told) if told:
                    breaker.stop(now, f"{sender.name}: {told}")
                case Unknown():
                    breaker.heard(now, well=False, why=f"no clear answers from {sender.name}: {answer.code}")
                case Unsent() if not answer.code.isdigit():  # a word is the line's, a number the provider's
                    breaker.heard(now, well=False, why=f"{sender.name} can't be reached: {answer.code}")
                case _:
                    breaker.heard(now, well=True)
            if isinstance(answer, Unsent) and answer.slower and (bucket := self._bucket(sender, now)):
                bucket.slower(now)
            changed = was_shut != (breaker.until is not None)
            if changed:
                log.log(*((logging.INFO, "%s works again", sender.name) if was_shut else
                          (logging.ERROR, "%s", breaker.why)))  # fmt: skip
            return changed

    def troubles(self) -> dict[str, str]:
        """Senders that are shut, and why."""
        with self._lock:
            return {name: b.why for name, b in self.breakers.items() if b.until is not None}

    def _bucket(self, sender: Sender, now: datetime) -> Bucket | None:
        rate = getattr(sender, "per_second", None)
        if not rate:
            return None
        known = self.buckets.get(sender.name)
        if known is None or known.rate != rate:
            known = self.buckets[sender.name] = Bucket(rate=rate, at=now)
        return known
