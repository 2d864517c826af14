"""The request for a backfill: which days to fill, and from where."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flows.errors import RangeError
from flows.secrets import mask_url
from transforms.urls import source_id

# Few hosts need so many pauses that one day keeps us busy. More days need no more memory,
# because together they hold one batch.
PARALLEL_WINDOWS = 4


class Origin(StrEnum):
    """Where a backfill takes documents from."""

    ARCHIVE = "archive"
    WARC = "warc"
    SITEMAP = "sitemap"
    FEED = "feed"
    FILES = "files"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillRequest:
    """The days, sources and places of a backfill.

    Attributes:
        origin: Where to take documents from.
        since: First day of publication; for `archive`, of capture.
        until: Last day, included.
        source: Only this source: its host name.
        places: Files, folders and patterns; for `sitemap` and `feed`, URLs. Empty for the
            archive, and to use the feed list.
        captured_since: First day of capture, for `warc`.
        captured_until: Last day of capture, included.
        is_forced: Redo completed windows.
        is_open_ended: `until` is today by default. The same request tomorrow resumes this
            backfill.
        parallel: How many days to fetch in parallel; not part of the backfill's key.
    """

    origin: Origin
    since: date
    until: date
    source: str | None = None
    places: tuple[str, ...] = ()
    captured_since: date | None = None
    captured_until: date | None = None
    is_forced: bool = False
    is_open_ended: bool = False
    parallel: int = PARALLEL_WINDOWS

    def parameters(self) -> dict[str, Any]:
        """Return the parameters to record in the table `runs` and in Prefect, without secrets."""
        return {
            "origin": str(self.origin),
            "since": self.since.isoformat(),
            "until": None if self.is_open_ended else self.until.isoformat(),
            "source": self.source,
            "places": list(map(mask_url, self.places)),
            "captured_since": str(self.captured_since) if self.captured_since else None,
            "captured_until": str(self.captured_until) if self.captured_until else None,
        }

    @property
    def backfill_id(self) -> str:
        """Key of the backfill; equal requests have equal keys."""
        return "k1-" + digest(*map(str, self.parameters().values()))

    def takes_capture(self, captured_at: datetime) -> bool:
        """Whether a capture made at this instant is wanted."""
        day = captured_at.date()
        first, last = self.captured_since, self.captured_until
        if self.origin == Origin.ARCHIVE:
            first, last = self.since, self.until
        return (first is None or first <= day) and (last is None or day <= last)

    def takes_url(self, url: str) -> bool:
        """Whether the page at `url` is wanted: it is of the source or a subdomain of it."""
        if self.source is None:
            return True
        source = source_id(url)
        return source == self.source or source.endswith(f".{self.source}")


def check_range(request: BackfillRequest, today: date) -> None:
    """Raise RangeError if the request for a backfill is not valid."""
    ranges = [(request.since, request.until)]
    if request.captured_since and request.captured_until:
        ranges.append((request.captured_since, request.captured_until))
    for since, until in ranges:
        if until < since:
            raise RangeError(f"the range ends on {until}, before it starts on {since}")
    if request.until > today:
        raise RangeError(f"the range ends on {request.until}, which is in the future")
    if request.origin in {Origin.WARC, Origin.FILES} and not request.places:
        raise RangeError(f"--from {request.origin} needs a file, folder or pattern to read")


def digest(*parts: str) -> str:
    """Return a digest of some texts, to be used in a key."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:24]
