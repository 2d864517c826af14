"""The log: events as lines on standard error, for people or for programs.

`log` is the only way to write a line. It masks secrets and adds the run. Everything goes to
the logger `onrecord`: `start_logs` shows it, as text on a terminal and otherwise as one JSON
object per line. Programs that use onrecord as a library may attach handlers of their own.
The HTTP libraries log URLs, which may contain secrets, so they are kept at warnings.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, ClassVar, Literal

from flows.printable import plain
from flows.secrets import mask_text

LOGGER = logging.getLogger("onrecord")
LOGGER.addHandler(logging.NullHandler())

Format = Literal["auto", "text", "json"]
Level = Literal["debug", "info", "warning", "error"]

_QUIET = ("httpx", "httpcore", "h2", "hpack", "asyncio", "trafilatura", "htmldate", "charset_normalizer")  # fmt: skip
_run_id: ContextVar[str | None] = ContextVar("run_id", default=None)
_UNSAFE = re.compile(r'[\s"]')  # needs quotation marks, so that a line can be split at blanks
_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")


class Event:
    """What happened. The subclasses are in `flows.events`; each is a dataclass.

    Attributes:
        level: How bad it is, as in `logging`.
        is_reported: Whether the report or the error message of a command says it as well.
    """

    __slots__ = ()

    level: ClassVar[int] = logging.INFO
    is_reported: ClassVar[bool] = False

    @classmethod
    def name(cls) -> str:
        """Return the name of the event in the log.

        >>> class FeedFailed(Event): ...
        >>> FeedFailed.name()
        'feed_failed'
        """
        return _WORD_START.sub("_", cls.__name__).lower()

    @classmethod
    def field_names(cls) -> list[str]:
        """Return the names of its fields, in order."""
        return [field.name for field in fields(cls)]  # type: ignore[arg-type]  # a dataclass


class Line:
    """One line of the log: the event, and its fields without secrets and empty values."""

    def __init__(self, event: Event) -> None:
        """Take the fields of the event, and the run that this thread works for."""
        self.event = event
        self.fields: dict[str, object] = {}
        for name in event.field_names():
            if (value := getattr(event, name)) is not None:
                self.fields[name] = _shown(value)
        if (run_id := _run_id.get()) is not None:
            self.fields.setdefault("run_id", run_id)

    def __str__(self) -> str:
        pairs = (f"{name}={_quoted(value)}" for name, value in self.fields.items())
        return " ".join((self.event.name(), *pairs))


def log(event: Event) -> None:
    """Write an event to the log."""
    if LOGGER.isEnabledFor(event.level):
        LOGGER.log(event.level, Line(event))


@contextlib.contextmanager
def lines_of(run_id: str) -> Iterator[None]:
    """Add the key of a run to every line that is logged in the `with` body."""
    token = _run_id.set(run_id)
    try:
        yield
    finally:
        _run_id.reset(token)


@dataclass(frozen=True, slots=True)
class Logs:
    """How lines are logged in this process.

    Attributes:
        format: `text` or `json`.
        level: The lowest level that is shown.
        shows_progress: Whether the lines tell how a run proceeds.
    """

    format: Literal["text", "json"]
    level: Level

    @property
    def shows_progress(self) -> bool:
        """Whether the lines tell how a run proceeds."""
        return self.level in {"debug", "info"}


def start_logs(
    log_format: Format = "auto", log_level: Level | None = None, *, is_served: bool = False
) -> Logs:
    """Show the log of this process on standard error, and return how.

    Args:
        log_format: `auto` is text on a terminal and JSON elsewhere.
        log_level: The lowest level; None shows everything that matters while `serve` runs, and
            for a command only warnings that are not in its report.
        is_served: Whether the process belongs to `onrecord serve`.
    """
    if log_format == "auto":
        log_format = "text" if sys.stderr.isatty() else "json"
    logs = Logs(log_format, log_level or ("info" if is_served else "warning"))
    handler = _ErrorHandler()
    handler.setFormatter(TextFormatter() if log_format == "text" else JsonFormatter())
    handler.setLevel(logs.level.upper())
    if log_level is None and not is_served:
        handler.addFilter(_is_news)
    for old in LOGGER.handlers[:]:
        if isinstance(old, _ErrorHandler):
            LOGGER.removeHandler(old)
    LOGGER.addHandler(handler)
    # Other handlers, such as Prefect's, get at least what `serve` would show.
    LOGGER.setLevel(min(handler.level, logging.INFO))
    LOGGER.propagate = False  # Prefect prints what reaches the root logger
    # Prefect prints an error for each line that its server does not take, for example.
    logging.raiseExceptions = False
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    return logs


class TextFormatter(logging.Formatter):
    """Formats a line for people: `2024-07-01T12:00:00Z WARNING feed_failed url=...`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with its traceback if it has one."""
        message = str(record.msg) if isinstance(record.msg, Line) else _message(record)
        text = f"{_instant(record)} {record.levelname:<7} {message}"
        return f"{text}\n{self._traceback(record)}" if record.exc_info else text

    def _traceback(self, record: logging.LogRecord) -> str:
        return mask_text(self.formatException(record.exc_info)) if record.exc_info else ""


class JsonFormatter(TextFormatter):
    """Formats a line for programs: an object with `logged_at`, `level`, `event` and the fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with its traceback as the field `traceback` if it has one."""
        line: dict[str, Any] = {
            "logged_at": _instant(record, "milliseconds"),
            "level": record.levelname.lower(),
        }
        if isinstance(record.msg, Line):
            line |= {"event": record.msg.event.name(), **record.msg.fields}
        else:
            line |= {"event": "message", "detail": _message(record)}
        if record.exc_info:
            line["traceback"] = self._traceback(record)
        return json.dumps(line, ensure_ascii=True, default=str)


class _ErrorHandler(logging.StreamHandler[IO[str]]):
    """Writes to standard error as it is now, because a progress bar replaces it for a while.

    Rich moves lines that are written meanwhile above its bar.
    """

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> IO[str]:  # type: ignore[override]  # an attribute there
        """Standard error."""
        return sys.stderr


def _is_news(record: logging.LogRecord) -> bool:
    """Whether neither the report nor the error message of a command says it."""
    return not (isinstance(record.msg, Line) and record.msg.event.is_reported)


def _message(record: logging.LogRecord) -> str:
    return mask_text(record.getMessage())


def _instant(record: logging.LogRecord, precision: str = "seconds") -> str:
    instant = datetime.fromtimestamp(record.created, UTC)
    return instant.isoformat(timespec=precision).replace("+00:00", "Z")


def _shown(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, str | Path):
        return mask_text(str(value))
    return value


def _quoted(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = plain(str(value))
    return text if text and not _UNSAFE.search(text) else json.dumps(text, ensure_ascii=False)
