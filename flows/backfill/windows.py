"""The windows that a backfill is split into.

For pages that are fetched, a window is one day of the range. For files it is one file or
folder, because one window per day would read every file a hundred times. The key of a window
identifies what it covers, so other backfills that cover the same can skip it when completed.
"""

from __future__ import annotations

import glob
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from flows.archive.parts import web_archive_kind
from flows.archive.warc import WARC_ENDINGS
from flows.backfill.request import BackfillRequest, Origin, digest
from flows.errors import InputError
from flows.inputs.downloads import is_address


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A part of a backfill: one file or folder, or one day.

    Attributes:
        place: The file or folder; for a day, a digest of its feeds or sitemaps.
        starts_on: First day.
        ends_on: Last day, included.
        key: What the window covers, as text.
    """

    origin: Origin
    place: str
    starts_on: date
    ends_on: date
    key: str

    @property
    def window_id(self) -> str:
        """Key of the window."""
        return "w1-" + digest(str(self.origin), self.key)

    @property
    def label(self) -> str:
        """Name of the window for the terminal."""
        on_disk = self.origin not in {Origin.SITEMAP, Origin.FEED}
        return self.place if on_disk else self.starts_on.isoformat()


def file_windows(request: BackfillRequest, archive: Path) -> list[Window]:
    """Return a window for each file or folder that a backfill reads, in order.

    Raises:
        InputError: A place does not exist, or has no files to read.
    """
    paths: dict[Path | str, None] = {}
    for place in request.places if request.origin != Origin.ARCHIVE else (str(archive),):
        if is_address(place):
            paths[place] = None
            continue
        found = list(_expand(place, request.origin))
        if not found and request.origin != Origin.ARCHIVE:
            problem = "does not exist or has no files to read: check the path"
            raise InputError(place, "not_found", problem)
        paths |= dict.fromkeys(found)
    until = None if request.is_open_ended else request.until
    asked = (request.since, until, request.source, request.captured_since, request.captured_until)
    return [
        Window(
            origin=request.origin,
            place=str(path),
            starts_on=request.since,
            ends_on=request.until,
            key="\x1f".join(map(str, (path if isinstance(path, str) else _stamp(path), *asked))),
        )
        for path in paths
    ]


def day_windows(request: BackfillRequest, place: str) -> list[Window]:
    """Return a window for each day of the range, the newest first."""
    days = (request.until - request.since).days + 1
    return [
        Window(
            origin=request.origin, place=place, starts_on=day, ends_on=day,
            key=f"{place}\x1f{request.source}\x1f{day}",
        )
        for day in (request.until - timedelta(days=number) for number in range(days))
    ]  # fmt: skip


def loose_files(folder: Path) -> list[Path]:
    """Return the files directly in a folder, in order, without hidden ones."""
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith(".")
    ]


def _expand(place: str, origin: Origin) -> Iterator[Path]:
    """Yield the files of a path or pattern; folders of articles are not expanded."""
    for name in sorted(glob.glob(place, recursive=True)) or [place]:  # noqa: PTH207  # a pattern may be absolute
        path = Path(name).absolute()
        if path.is_file():
            yield path
        elif path.is_dir() and origin == Origin.FILES:
            folders = [path, *sorted(inner for inner in path.rglob("*") if inner.is_dir())]
            yield from (folder for folder in folders if loose_files(folder))
        elif path.is_dir():
            yield from (file for file in sorted(path.rglob("*")) if _is_archive(file))


def _is_archive(path: Path) -> bool:
    """Whether a file is a web archive, by its content, or should be one, by its name."""
    if not path.is_file():
        return False
    try:
        return path.name.endswith(WARC_ENDINGS) or web_archive_kind(path) is not None
    except OSError:
        return False  # a file that was not named, and cannot be read


def _stamp(path: Path) -> str:
    """Return a digest that changes when a file grows or is replaced."""
    files = loose_files(path) if path.is_dir() else [path]
    stamps = [f"{file}\x1f{file.stat().st_size}\x1f{file.stat().st_mtime_ns}" for file in files]
    return digest(*stamps)
