"""Prepares the environment for Prefect before it is imported.

Prefect's run history is kept in the data folder, unless the user already has a Prefect
profile. Telemetry is off. Only critical messages are logged, because we print reports and
errors ourselves (`--verbose` shows Prefect's log). Variables set by the user are kept.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from flows.orchestration.server import is_loopback
from flows.secrets import mask_url
from warehouse.errors import WarehouseUnwritableError
from warehouse.folder import DataFolder
from warehouse.health import Finding, Level, size

LEAST_FREE_BYTES = 16_000_000  # Prefect's database, a small batch and its snapshot
_OURS = ("PREFECT_HOME", "PREFECT_PROFILES_PATH", "PREFECT_PROFILE", "PREFECT_API_URL")


def prepare_prefect(folder: DataFolder, *, is_verbose: bool = False) -> None:
    """Set the environment variables that Prefect reads when it is imported."""
    settings = {
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        # Prefect's pages show the log of a run, and the terminal only with --verbose.
        "PREFECT_LOGGING_LEVEL": "INFO",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "INFO" if is_verbose else "CRITICAL",
        "PREFECT_LOGGING_EXTRA_LOGGERS": "onrecord",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",  # lines before and after a flow run
        "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        # On a busy machine Prefect's own server needs longer than the default of 20 s. The
        # default of five retries delays a finished run by a minute for each request.
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "90",
        "PREFECT_CLIENT_MAX_RETRIES": "3",
    }
    has_own = any(name in os.environ for name in _OURS)
    if not has_own and not (Path.home() / ".prefect" / "profiles.toml").exists():
        settings["PREFECT_HOME"] = str((folder.root / "prefect").absolute())
    for name, value in settings.items():
        os.environ.setdefault(name, value)


def hide_cancelled_callbacks() -> None:
    """Keep tracebacks of Prefect's cancelled callbacks out of the log of a run.

    A run watches the server for its suspension. If the server is gone when the run ends,
    Prefect cancels that task, and its callback raises CancelledError.
    """
    logging.getLogger("asyncio").addFilter(_is_error)


def _is_error(record: logging.LogRecord) -> bool:
    raised = record.exc_info[1] if record.exc_info else None
    return not isinstance(raised, asyncio.CancelledError)


def require_room(folder: DataFolder) -> None:
    """Raise WarehouseUnwritableError if the disk is too full to start a run.

    On a full disk Prefect's server would wait for a minute and end with a traceback.
    """
    free = shutil.disk_usage(folder.root).free
    if free < LEAST_FREE_BYTES:
        reason = (
            f"a run needs {size(LEAST_FREE_BYTES)} of free space, but only {size(free)} are free"
        )
        raise WarehouseUnwritableError(folder.root, reason)


def examine_prefect() -> Iterator[Finding]:
    """Yield what `onrecord doctor` says about Prefect's settings."""
    from prefect.settings import get_current_settings  # noqa: PLC0415  # takes seconds

    settings = get_current_settings()
    url = settings.api.url
    where = mask_url(url) if url else "the server of `onrecord serve`"
    yield Finding("prefect", Level.OK, f"shows runs on {where}; its files are in {settings.home}")
    yield from exposure(settings.server.api.host, settings.server.api.auth_string)
    if url and not settings.api.auth_string and not is_loopback(urlsplit(url).hostname):
        detail = (
            "the server is on another machine and no password is set: set PREFECT_API_AUTH_STRING"
        )
        yield Finding("prefect", Level.WARNING, detail)
    if settings.server.analytics_enabled:
        detail = "telemetry is on: set PREFECT_SERVER_ANALYTICS_ENABLED=false"
        yield Finding("prefect", Level.WARNING, detail)


def exposure(host: str, auth: object) -> Iterator[Finding]:
    """Yield a warning if others can reach Prefect's server without a password."""
    if not is_loopback(host) and not auth:
        detail = (
            f"its server would listen on {host} without a password: set "
            "PREFECT_SERVER_API_HOST=127.0.0.1 or PREFECT_SERVER_API_AUTH_STRING"
        )
        yield Finding("prefect", Level.WARNING, detail)
