"""Names and tags of flow runs, which say in Prefect's pages what a run did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flows.secrets import mask_url

PROJECT = "onrecord"
_LONGEST = 60


def run_name(flow: str, parameters: Mapping[str, Any], now: datetime) -> str:
    """Return the name of a flow run: its flow, what it works on, and days or the minute.

    >>> from datetime import UTC, date
    >>> now = datetime(2026, 11, 29, 6, 40, tzinfo=UTC)
    >>> run_name("ingest", {}, now)
    'ingest 2026-11-29 06:40'
    >>> days = {"since": date(2024, 6, 1), "until": "2024-06-07"}
    >>> run_name("backfill", {"source": "taz.de", **days}, now)
    'backfill taz.de 2024-06-01..07'
    >>> run_name("load", {"paths": ["/home/ada/in/june.csv", "july.csv"]}, now)
    'load june.csv and 1 more, 2026-11-29 06:40'
    """
    what = _subject(parameters)
    days = _days(parameters)
    when = days or f"{now:%Y-%m-%d %H:%M}"
    shown = f"{flow} {what}" if what else flow
    if parameters.get("run"):
        return shown  # the name of the other run has a minute or days already
    name = f"{shown} {when}" if not what or days else f"{shown}, {when}"
    return f"{name} (dry run)" if parameters.get("dry_run") else name


def run_tags(flow: str) -> tuple[str, ...]:
    """Return the tags of the runs and deployments of a flow."""
    return (PROJECT, flow)


def _subject(parameters: Mapping[str, Any]) -> str:
    """Return the source, files, feed or transforms that a run works on."""
    if source := parameters.get("source"):
        return _short(str(source))
    if places := parameters.get("paths") or parameters.get("places"):
        names = [mask_url(str(place)) for place in places]
        return _several([name.rstrip("/").rpartition("/")[2] for name in names])
    if run := parameters.get("run"):
        return f"of {_short(str(run))}"
    if feed := parameters.get("feed"):
        name = mask_url(str(feed))
        return _short(name.partition("://")[2] or name)
    if transforms := parameters.get("transforms"):
        return _short(", ".join(transforms))
    return ""


def _several(names: Sequence[str]) -> str:
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{_short(names[0])}{more}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _days(parameters: Mapping[str, Any]) -> str:
    """Return the range of days, the end without the parts that it shares with the start."""
    since, until = str(parameters.get("since") or ""), str(parameters.get("until") or "")
    if not since or not until:
        return f"from {since}" if since else f"until {until}" if until else ""
    if since == until:
        return since
    shared = next((size for size in (8, 5) if since[:size] == until[:size]), 0)
    return f"{since}..{until[shared:]}"
