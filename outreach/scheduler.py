"""The clock: APScheduler, over a job store of ours. The only file that knows APScheduler.

Follow-ups are scheduled *through* APScheduler with our follow-up table as its store: it asks when the first one is due,
sleeps exactly until then, and is handed one job, "dispatch what is due". Nothing is pickled, nothing is recorded twice,
and what is due is never lost with a process, because APScheduler never holds it. (One job of its own per follow-up
would be deleted at hand-over, dropped when a second late, and run twice by two schedulers.)
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.job import Job
from apscheduler.jobstores.base import BaseJobStore, JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from outreach.engine import Engine

log = logging.getLogger("outreach.scheduler")

#: Longest sleep: how late a follow-up may be seen that another process has planned, or after the wall clock jumped.
LONGEST_SLEEP = timedelta(seconds=5)
#: How long to leave the database alone after it failed.
AFTER_FAILURE = timedelta(seconds=2)
JOB = "dispatch"


class WhenDue(BaseTrigger):  # type: ignore[misc]
    """Fires now: the store only hands the job out when something is due."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Always again; the store says when."""
        return now

    def __str__(self) -> str:
        return "when a follow-up is due"


class FollowUpJobStore(BaseJobStore):  # type: ignore[misc]
    """The follow-up table as a job store with one job. Its methods never raise: an exception in `get_next_run_time`
    or `update_job` would end APScheduler's thread without a word."""

    def __init__(self, engine: Engine, dispatch: Callable[[], None]):
        self.engine = engine
        self._dispatch = dispatch
        self.running = threading.Event()
        self.failure = ""
        self.not_before: datetime | None = None

    def get_next_run_time(self) -> datetime:
        """The first due moment, at most LONGEST_SLEEP away. While a dispatch runs, that: it wakes us at its end."""
        now = self.engine.clock.now()
        if self.running.is_set():
            return now + LONGEST_SLEEP
        due = self._due() or now + LONGEST_SLEEP
        return min(max(due, self.not_before or due), now + LONGEST_SLEEP)

    def get_due_jobs(self, now: datetime) -> list[Job]:
        """The one job, when something is due."""
        due = None if self.running.is_set() else self._due()
        if due is None or max(due, self.not_before or due) > self.engine.clock.now():
            return []
        self.running.set()
        return [self._job(now)]

    def _due(self) -> datetime | None:
        try:
            return self.engine.next_wake()
        except Exception as error:
            self.failed(error)
            return None

    def failed(self, error: Exception) -> None:
        """Leave the database alone for a moment, and let `/healthz` say why."""
        self.failure = str(error)
        self.not_before = self.engine.clock.now() + AFTER_FAILURE
        log.warning("the store failed: %s", error)

    def succeeded(self) -> None:
        """All is well again."""
        self.failure, self.not_before = "", None

    def _job(self, now: datetime) -> Job:
        job = Job(
            self._scheduler, id=JOB, func=self._dispatch, args=(), kwargs={}, trigger=WhenDue(), executor="default",
            name="dispatch what is due", misfire_grace_time=None, coalesce=True, max_instances=1, next_run_time=now,
        )  # fmt: skip
        job._jobstore_alias = self._alias
        return job

    def lookup_job(self, job_id: str) -> Job | None:
        """The one job."""
        return self._job(datetime.now(UTC)) if job_id == JOB else None  # noqa: TID251 - APScheduler's own clock

    def get_all_jobs(self) -> list[Job]:
        """The one job, at the next due moment."""
        return [self._job(self.get_next_run_time())]

    def add_job(self, job: Job) -> None:
        """Jobs are follow-ups; none is added here."""
        raise NotImplementedError("follow-ups are planned by the engine, not added as jobs")

    def update_job(self, job: Job) -> None:
        """The table has it already."""

    def remove_job(self, job_id: str) -> None:
        """Follow-ups end in the table."""
        if job_id != JOB:
            raise JobLookupError(job_id)

    def remove_all_jobs(self) -> None:
        """Never: that would be the follow-ups."""


class Heart:
    """A running scheduler: dispatches what is due, and says whether it is alive."""

    def __init__(self, engine: Engine):
        self.engine = engine
        self.last_beat = engine.clock.now()
        self._stopping = threading.Event()
        self.store = FollowUpJobStore(engine, self._dispatch)
        self.scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(2)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self.scheduler.add_jobstore(self.store, "follow_ups")
        self.scheduler.add_job(self._beat, "interval", seconds=5, id="heartbeat", jobstore="default")
        engine.notify = self.wake

    def start(self) -> None:
        """Begin."""
        self.scheduler.start()

    def stop(self) -> None:
        """Stop claiming, finish what is being sent, return."""
        self._stopping.set()
        self.scheduler.shutdown(wait=True)

    def wake(self) -> None:
        """Something new may be due before the moment it sleeps until."""
        if self.scheduler.running and not self._stopping.is_set():
            self.scheduler.wakeup()

    def health(self) -> dict[str, Any]:
        """Whether it lives: APScheduler's thread can die while the process goes on."""
        thread = getattr(self.scheduler, "_thread", None)
        late = (self.engine.clock.now() - self.last_beat).total_seconds()
        alive = bool(thread and thread.is_alive()) and late < 30
        return {"alive": alive, "last_beat_seconds_ago": round(late, 1), "failure": self.store.failure}

    def _beat(self) -> None:
        self.last_beat = self.engine.clock.now()

    def _dispatch(self) -> None:
        """Everything that is due, claim by claim."""
        try:
            while not self._stopping.is_set() and self.engine.dispatch():
                self._beat()
            self.store.succeeded()
        except Exception as error:
            self.store.failed(error)
            log.exception("dispatch failed; it is tried again in a moment")
        finally:
            self.store.running.clear()
            self.wake()
