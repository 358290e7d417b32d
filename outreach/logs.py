"""Logging: one line an event, JSON when nobody watches, ids only; the providers' SDKs keep silent.

What an exception says may be a customer's own words (`ValueError: … 'Maya'`), so a traceback here shows where it
happened and of what kind it was, and says nothing. What looks like an address or a key is masked wherever it stands.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from outreach.errors import ConfigError, DatabaseError

if TYPE_CHECKING:
    import structlog

log = logging.getLogger("outreach")

#: They print requests, with keys and addresses in them.
SILENT: Final = ("python_http_client", "twilio", "urllib3", "httpx", "httpcore", "sendgrid")
#: E-mail addresses, phone numbers (also as a URL writes them), keys, credentials, passwords in addresses.
ADDRESS: Final = re.compile(
    r"[^\s@<>\"'(),;:/=]+(?:@|%40)[\w-]+(?:\.[\w-]+)+|(?:\+|%2B)\d{7,15}\b|\bok_live_\w+[\w-]*|\bSG\.[\w-]{5,}\.[\w-]+"
    r"|(?<=Basic )\S+|(?<=Bearer )\S+|(?<=://)[^/\s@]+:[^/\s@]*(?=@)"
)
MASK: Final = "[masked]"
#: A setting that is shorter is a word like any other.
SHORTEST: Final = 6


def set_up(level: int = logging.INFO, secrets: Iterable[str] = ()) -> None:
    """Send the log of a program that runs on to standard error; these secrets are masked in it too."""
    import structlog  # commands that come to an end do without it

    hidden = _hidden(secrets)
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]

    def mask(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        return {name: masked(v, hidden) if isinstance(v, str) else v for name, v in event.items()}

    watched = sys.stderr.isatty()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.ExceptionRenderer(_where),
                mask,
                structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
                if watched
                else structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("outreach").setLevel(level)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    logging.captureWarnings(True)
    sys.excepthook = _ends
    threading.excepthook = lambda told: log.error("a thread ends", exc_info=told.exc_value)


@contextmanager
def brief(secrets: Callable[[], Iterable[str]]) -> Iterator[None]:
    """The log of a command that comes to an end: warnings and worse, as plain lines. `secrets` is asked when something
    is told, which is hardly ever."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(_Brief(secrets))
    handler.addFilter(lambda record: record.name.partition(".")[0] not in SILENT)
    logging.getLogger().addHandler(handler)
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        logging.getLogger().removeHandler(handler)


class _Brief(logging.Formatter):
    def __init__(self, secrets: Callable[[], Iterable[str]]):
        super().__init__()
        self.secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """Where it happened, if it was an exception, and what is ours to tell."""
        told = [f"outreach: {record.getMessage()}"]
        if record.exc_info is not None and record.exc_info[0] is not None:
            told.append(f"Traceback, without what it said:\n{_where(record.exc_info)}")
        return masked("\n".join(told), _hidden(self.secrets()))


def masked(text: str, secrets: Iterable[str] = ()) -> str:
    """A text without what looks like an address or a key, and without these secrets."""
    for secret in secrets:
        text = text.replace(secret, MASK)
    return ADDRESS.sub(MASK, text)


def _hidden(secrets: Iterable[str]) -> list[str]:
    return sorted({s for s in secrets if len(s) >= SHORTEST}, key=len, reverse=True)


def _where(exc_info: tuple[type[BaseException], BaseException, TracebackType | None]) -> str:
    """A traceback that says where, what kind, and only words that are ours."""
    error: BaseException | None = exc_info[1]
    parts: list[str] = []
    while error is not None:
        words = f": {error}" if isinstance(error, ConfigError | DatabaseError) else ""
        parts.append("".join(traceback.format_tb(error.__traceback__)) + type(error).__name__ + words)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\nthen, while that was handled:\n\n".join(reversed(parts))


def _ends(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    log.critical("the program ends", exc_info=error)
