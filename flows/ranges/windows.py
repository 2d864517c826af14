"""What a backfill is asked for, and the windows that it is cut into.

A window is a day of the range for what is fetched, and a file or folder for what lies on
disk: reading a file once for each day would read it a hundred times. Its key says what
it takes, so a window that is done is done for every backfill that would take the same.
"""

from __future__ import annotations

import glob
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from flows.archive.warc_download import is_address
from flows.errors import InputError, RangeError

# Hosts that ask for pauses seldom fill a day; memory is that of one batch however many there are.
PARALLEL_WINDOWS = 4
WARC_ENDINGS = (".warc", ".warc.gz")
ARTICLE_ENDINGS = (
    ".html", ".htm", ".xhtml", ".txt", ".text", ".md", ".jsonl", ".ndjson", ".jsonl.gz",
    ".ndjson.gz",
)  # fmt: skip


class Origin(StrEnum):
    """Where a backfill takes documents from."""

    ARCHIVE = "archive"
    WARC = "warc"
    SITEMAP = "sitemap"
    FEED = "feed"
    FILES = "files"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillWish:
    """What a backfill is asked for.

    Attributes:
        since: First day: of publication, for `archive` of acquisition.
        until: Last day, included.
        source: One source alone: its host.
        places: Files, folders and patterns; for `sitemap` and `feed` addresses. Empty
            for the archive, and for the feeds of the list.
        captured_since: First day of capture, for `warc`.
        captured_until: Last day of capture, included.
        is_forced: Windows that are done are done again.
        is_open_ended: `until` is today because nobody named a day: tomorrow's wish is the same.
        parallel: How many days are fetched side by side; no part of what is asked for.
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
        """Return what the table `runs` keeps of it."""
        return {
            "origin": str(self.origin),
            "since": self.since.isoformat(),
            "until": None if self.is_open_ended else self.until.isoformat(),
            "source": self.source,
            "places": list(self.places),
            "captured_since": str(self.captured_since) if self.captured_since else None,
            "captured_until": str(self.captured_until) if self.captured_until else None,
        }

    @property
    def backfill_id(self) -> str:
        """Key of the backfill: the same for the same wish."""
        return "k1-" + _digest(*map(str, self.parameters().values()))

    def takes_capture(self, captured_at: datetime) -> bool:
        """Whether a capture of this instant is wanted."""
        day = captured_at.date()
        first, last = self.captured_since, self.captured_until
        if self.origin == Origin.ARCHIVE:
            first, last = self.since, self.until
        return (first is None or first <= day) and (last is None or day <= last)

    def takes_host(self, host: str) -> bool:
        """Whether a page of this host is wanted: that of the source or one below it."""
        if self.source is None:
            return True
        host = host.lower().removeprefix("www.")
        return host == self.source or host.endswith(f".{self.source}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What a backfill takes at a time: one file or folder, or one day.

    Attributes:
        place: The file or folder; for a day, what names the feeds or sitemaps.
    """

    origin: Origin
    place: str
    starts_on: date
    ends_on: date
    key: str

    @property
    def window_id(self) -> str:
        """Key of the window."""
        return "w1-" + _digest(str(self.origin), self.key)

    @property
    def label(self) -> str:
        """How the window is named to people."""
        on_disk = self.origin not in {Origin.SITEMAP, Origin.FEED}
        return self.place if on_disk else self.starts_on.isoformat()


def check_range(wish: BackfillWish, today: date) -> None:
    """Raise RangeError where a backfill cannot be what is asked for."""
    ranges = [(wish.since, wish.until)]
    if wish.captured_since and wish.captured_until:
        ranges.append((wish.captured_since, wish.captured_until))
    for since, until in ranges:
        if until < since:
            raise RangeError(f"the range ends on {until}, before it starts on {since}")
    if wish.until > today:
        raise RangeError(f"the range ends on {wish.until}, which is still to come")
    if wish.origin in {Origin.WARC, Origin.FILES} and not wish.places:
        raise RangeError(f"--from {wish.origin} needs a file, folder or pattern to read")


def file_windows(wish: BackfillWish, archive: Path) -> list[Window]:
    """Return a window for each file or folder that a backfill reads, in order.

    Raises:
        InputError: A place does not exist or holds nothing to read.
    """
    paths: dict[Path | str, None] = {}
    for place in wish.places if wish.origin != Origin.ARCHIVE else (str(archive),):
        if is_address(place):
            paths[place] = None
            continue
        found = list(_expand(place, wish.origin))
        if not found and wish.origin != Origin.ARCHIVE:
            problem = "does not exist, or holds nothing to read: check the path"
            raise InputError(place, "not_found", problem)
        paths |= dict.fromkeys(found)
    until = None if wish.is_open_ended else wish.until
    asked = (wish.since, until, wish.source, wish.captured_since, wish.captured_until)
    return [
        Window(
            origin=wish.origin,
            place=str(path),
            starts_on=wish.since,
            ends_on=wish.until,
            key="\x1f".join(map(str, (path if isinstance(path, str) else _stamp(path), *asked))),
        )
        for path in paths
    ]


def day_windows(wish: BackfillWish, place: str) -> list[Window]:
    """Return a window for each day of the range, the newest first."""
    days = (wish.until - wish.since).days + 1
    return [
        Window(
            origin=wish.origin, place=place, starts_on=day, ends_on=day,
            key=f"{place}\x1f{wish.source}\x1f{day}",
        )
        for day in (wish.until - timedelta(days=number) for number in range(days))
    ]  # fmt: skip


def loose_files(folder: Path) -> list[Path]:
    """Return the article files that lie in a folder itself, in order."""
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name.lower().endswith(ARTICLE_ENDINGS)
    ]


def _expand(place: str, origin: Origin) -> Iterator[Path]:
    """Yield what a path or pattern stands for; a folder of articles stays a folder."""
    for name in sorted(glob.glob(place, recursive=True)) or [place]:  # noqa: PTH207  # a pattern may be absolute
        path = Path(name).absolute()
        if path.is_file():
            yield path
        elif path.is_dir() and origin == Origin.FILES:
            folders = [path, *sorted(inner for inner in path.rglob("*") if inner.is_dir())]
            yield from (folder for folder in folders if loose_files(folder))
        elif path.is_dir():
            yield from (p for p in sorted(path.rglob("*")) if p.name.endswith(WARC_ENDINGS))


def _stamp(path: Path) -> str:
    """Return what tells a file that grew or was replaced from what it was."""
    files = loose_files(path) if path.is_dir() else [path]
    told = [f"{file}\x1f{file.stat().st_size}\x1f{file.stat().st_mtime_ns}" for file in files]
    return _digest(*told)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:24]
