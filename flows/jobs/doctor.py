"""The findings of `onrecord doctor`: versions, Prefect, archive and warehouse."""

from __future__ import annotations

import contextlib
import ipaddress
import platform
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urlsplit

from flows.archive.remnants import archive_files, is_remnant
from flows.errors import ArchiveError
from flows.jobs.retention import day_of, is_past, remnants
from flows.printable import number, plain
from flows.secrets import mask_url
from flows.settings import Settings
from warehouse.health import Finding, Level, look, size

PACKAGES = ("onrecord", "duckdb", "prefect", "trafilatura", "feedparser")

_MARKS = {Level.OK: "ok     ", Level.WARNING: "warning", Level.ERROR: "ERROR  "}


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield every finding; checks that read whole files come last."""
    yield _versions()
    yield from _prefect()
    yield from _archive(settings, datetime.now(UTC))
    yield from look(settings.folder)


def as_line(finding: Finding) -> str:
    """Return a finding as a line for the terminal."""
    return f"{_MARKS[finding.level]} {finding.subject}: {plain(finding.detail)}"


def _versions() -> Finding:
    found = [f"python {platform.python_version()}"]
    for name in PACKAGES:
        with contextlib.suppress(PackageNotFoundError):  # running from a checkout
            found.append(f"{name} {version(name)}")
    return Finding("versions", Level.OK, ", ".join(found))


def _prefect() -> Iterator[Finding]:
    from prefect.settings import get_current_settings  # noqa: PLC0415  # takes seconds

    settings = get_current_settings()
    url = settings.api.url
    where = mask_url(url) if url else "a temporary server"
    yield Finding("prefect", Level.OK, f"records runs on {where}; its files are in {settings.home}")
    yield from exposure(settings.server.api.host, settings.server.api.auth_string)
    if url and not settings.api.auth_string and not is_loopback(urlsplit(url).hostname):
        detail = (
            "the server is on another machine and no password is set: set PREFECT_API_AUTH_STRING"
        )
        yield Finding("prefect", Level.WARNING, detail)
    if settings.server.analytics_enabled:
        detail = "telemetry is on: set PREFECT_SERVER_ANALYTICS_ENABLED=false"
        yield Finding("prefect", Level.WARNING, detail)


def _archive(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Yield the size and age of the archive, and what its limit would remove."""
    folder, days = settings.folder, settings.keep_archive_days
    paths = archive_files(folder.archive) if folder.archive.is_dir() else []
    whole = {path: path.stat().st_size for path in paths if not is_remnant(path)}
    dated = sorted(filter(None, map(day_of, whole)))
    since = f" since {dated[0]:%Y-%m-%d}" if dated else ""
    detail = f"{number(len(whole), 'file')}, {size(sum(whole.values()))}{since}"
    if days is None:
        detail += ", kept for ever: ONRECORD_KEEP_ARCHIVE_DAYS is not set"
    else:
        old = [path for path in whole if is_past(path, now - timedelta(days=days))]
        detail += f", kept for {number(days, 'day')}"
        if old:
            detail += (
                f": {number(len(old), 'file')} ({size(sum(whole[path] for path in old))}) older "
                "than that; `onrecord compact --dry-run` shows what would be removed"
            )
    yield Finding("archive", Level.OK, detail)
    try:
        gone = remnants(folder)
    except ArchiveError as exc:
        yield Finding("archive", Level.WARNING, f"cannot read what was removed: {exc}")
        return
    if gone:
        captures = number(sum(remnant.captures for remnant in gone), "capture")
        detail = f"removed because of their age: {captures} from {number(len(gone), 'file')}"
        yield Finding("archive", Level.OK, detail)


def exposure(host: str, auth: Any) -> Iterator[Finding]:
    """Yield a warning if others can reach Prefect's server without a password."""
    if not is_loopback(host) and not auth:
        detail = (
            f"its server would listen on {host} without a password: set "
            "PREFECT_SERVER_API_HOST=127.0.0.1 or PREFECT_SERVER_API_AUTH_STRING"
        )
        yield Finding("prefect", Level.WARNING, detail)


def is_loopback(host: str | None) -> bool:
    """Whether `host` can be reached from this machine only.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
