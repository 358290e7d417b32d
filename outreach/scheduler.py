"""The clock: APScheduler, over a job store of ours. The only file that knows APScheduler.

Follow-ups are scheduled *through* APScheduler with our follow-up table as its store: it asks when the first one is due,
sleeps exactly until then, and is handed one job, "dispatch what is due". It never holds what is due, so none is lost.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.job import Job
from apscheduler.jobstores.base import BaseJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from outreach.engine import Engine
from outreach.errors import OutreachError, spoken
from outreach.flow.revoking import sweep
from outreach.store.listening import Ear

log = logging.getLogger("outreach.scheduler")

#: Longest sleep: how late a follow-up may be seen that another process has planned, or after the wall clock jumped.
LONGEST_SLEEP = timedelta(seconds=5)
#: How long to leave the database alone after it failed.
AFTER_FAILURE = timedelta(seconds=2)
#: When nothing could be done about what is due: another worker has it.
AFTER_NOTHING = timedelta(milliseconds=50)
#: A scheduler that hasn't looked for so many seconds is dead; every so many, what may have been sent is looked up.
DEAD_AFTER, LOOK_UP_EVERY = 30, 15
JOB = "dispatch"


class WhenDue(BaseTrigger):
    """Fires now: the store only hands the job out when something is due."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Later than `now`, for APScheduler counts up to it how often the job was missed; the store says when."""
        return now + LONGEST_SLEEP


class FollowUpJobStore(BaseJobStore):
    """The follow-up table as a job store with one job. Its methods never raise: an exception in `get_next_run_time`
    or `update_job` would end APScheduler's thread without a word. Due moments are the engine's clock's, which never
    goes back; APScheduler reckons its sleep by the computer's."""

    def __init__(self, engine: Engine, dispatch: Callable[[], None]):
        self.engine = engine
        self._dispatch = dispatch
        self.running = threading.Event()
        #: When the scheduler's thread last looked: it looks every LONGEST_SLEEP at least.
        self.looked = engine.clock.now()
        #: What is wrong with reading the store, and with dispatching; "" when nothing is.
        self.unreadable = self.undone = ""
        self.not_before = self.looked
        self._next: datetime | None = None

    def get_due_jobs(self, now: datetime) -> list[Job]:
        """The one job, when something is due. While a dispatch runs, none: at its end it wakes us."""
        self.looked = self.engine.clock.now()
        if self.running.is_set():
            self._next = None
            return []
        self._next = self._due()
        due = self._next is not None and self._next <= self.looked
        if not due and not self.unreadable:
            self.undone = ""  # another worker has done it
        if not due or self.not_before > self.looked:
            return []
        self.running.set()
        return [self._job(now)]

    def get_next_run_time(self) -> datetime:
        """When to look again: when the first one is due, at most LONGEST_SLEEP from now."""
        sleep = LONGEST_SLEEP
        if self._next is not None and not self.running.is_set():
            sleep = min(sleep, max(self._next, self.not_before) - self.looked)
        return _computer_time() + sleep

    def _due(self) -> datetime | None:
        try:
            due = self.engine.next_wake()
            self.unreadable = ""
            return due
        except Exception as error:
            self.unreadable = spoken(error)
            log.warning("the store can't be read: %s", self.unreadable)
            return None

    def failed(self, error: Exception) -> None:
        """Leave the database alone for a moment, and let `/healthz` say why."""
        self.undone = spoken(error)
        self.not_before = self.engine.clock.now() + AFTER_FAILURE

    def succeeded(self, dispatched: int) -> None:
        """All is well; when nothing was there to do, look again a little later."""
        self.undone = ""
        if not dispatched:
            self.not_before = self.engine.clock.now() + AFTER_NOTHING

    def _job(self, now: datetime) -> Job:
        job = Job(
            self._scheduler, id=JOB, func=self._dispatch, args=(), kwargs={}, trigger=WhenDue(), executor="default",
            name="dispatch what is due", misfire_grace_time=None, coalesce=True, next_run_time=now,
            max_instances=1000,  # `running` keeps it at one; APScheduler would count one that is just leaving
        )  # fmt: skip
        job._jobstore_alias = self._alias
        return job

    def lookup_job(self, job_id: str) -> Job | None:
        """The one job."""
        return self._job(_computer_time()) if job_id == JOB else None

    def get_all_jobs(self) -> list[Job]:
        """It, at the next due moment."""
        return [self._job(self.get_next_run_time())]

    def add_job(self, job: Job) -> None:
        """Jobs are follow-ups; none is added here."""
        raise NotImplementedError("follow-ups are planned by the engine, not added as jobs")

    def update_job(self, job: Job) -> None:
        """The table has it already."""

    def remove_job(self, job_id: str) -> None:
        """Follow-ups end in the table."""

    def remove_all_jobs(self) -> None:
        """Never: that would be the follow-ups."""


def _computer_time() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the clock by which APScheduler sleeps


class Heart:
    """A running scheduler: dispatches what is due, and says whether it is alive. `ear` hears other processes."""

    def __init__(self, engine: Engine, ear: Ear | None = None):
        self.engine, self.ear = engine, ear
        self._stopping = threading.Event()
        self.store = FollowUpJobStore(engine, self._dispatch)
        self.scheduler = BackgroundScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(2)})
        self.scheduler.add_jobstore(self.store, "follow_ups")
        self.scheduler.add_job(self._look_up, "interval", seconds=LOOK_UP_EVERY, coalesce=True, misfire_grace_time=None)
        engine.notify = self.wake

    def start(self) -> None:
        """Begin."""
        self.scheduler.start()
        if self.ear:
            self.ear.start(self.wake)

    def stop(self) -> None:
        """Stop claiming, finish what is being sent, return. Twice does no harm."""
        self._stopping.set()
        if self.ear:
            self.ear.stop()
        if self.scheduler.running:
            self.scheduler.shutdown(wait=True)

    def wake(self) -> None:
        """Something new may be due before the moment it sleeps until."""
        if self.scheduler.running and not self._stopping.is_set():
            self.scheduler.wakeup()

    def health(self) -> dict[str, Any]:
        """Whether it lives: APScheduler's thread can die while the process goes on."""
        thread = getattr(self.scheduler, "_thread", None)
        late = (self.engine.clock.now() - self.store.looked).total_seconds()
        alive = bool(thread and thread.is_alive()) and late < DEAD_AFTER
        failure = self.store.undone or self.store.unreadable
        senders = self.engine.gates.troubles()
        return {"alive": alive, "last_beat_seconds_ago": round(late, 1), "failure": failure, "senders": senders}

    def _look_up(self) -> None:
        """What may have been sent; what was not goes back among what is due."""
        if sweep(self.engine.post, self._stopping.is_set):
            self.wake()

    def _dispatch(self) -> None:
        """Everything that is due, claim by claim."""
        claims = 0
        try:
            while not self._stopping.is_set() and self.engine.dispatch():
                claims += 1
            self.store.succeeded(claims)
        except Exception as error:
            self.store.failed(error)
            trace = not isinstance(error, OutreachError)
            log.error("dispatch failed, it is tried again in a moment: %s", spoken(error), exc_info=trace)
        finally:
            self.store.running.clear()
            self.wake()
