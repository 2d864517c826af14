"""The RSS file of each watch, in the published folder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from flows import rss
from warehouse.errors import WarehouseUnwritableError
from warehouse.files import replace_file
from warehouse.folder import DataFolder
from warehouse.reader import Connection
from warehouse.watches import Found, Match, Watch, count_found, current_watches, last_matches

FOLDER = "watches"
MOST_ITEMS = 100
_HEAD_BYTES = 2000


def watch_feed(folder: DataFolder, watch: Watch) -> Path:
    """Return the RSS file of a watch."""
    return folder.published / FOLDER / f"{watch.name}.xml"


def update_watch_feeds(folder: DataFolder, con: Connection) -> list[Path]:
    """Write the RSS files that lack the newest matches; return them.

    Also those that an interrupted run did not write. A reader sees the old file or the new one.

    Raises:
        WarehouseUnwritableError: The disk is full or read-only.
    """
    found = count_found(con)
    written = []
    for watch in current_watches(con):
        file = watch_feed(folder, watch)
        last = found.get(watch.watch_id, Found()).last_found_at
        built_at = max(last or watch.recorded_at, watch.recorded_at)
        if not _is_built(file, watch, built_at):
            content = as_rss(watch, last_matches(con, watch, most=MOST_ITEMS), built_at)
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                with replace_file(file) as partial:
                    partial.write_bytes(content)
            except OSError as exc:
                raise WarehouseUnwritableError(file, exc.strerror or str(exc)) from exc
            written.append(file)
    return written


def remove_watch_feed(folder: DataFolder, watch: Watch) -> None:
    """Remove the RSS file of a watch."""
    watch_feed(folder, watch).unlink(missing_ok=True)


def as_rss(watch: Watch, matches: Sequence[Match], built_at: datetime) -> bytes:
    """Return the matches of a watch as RSS 2.0, in the order given."""
    return rss.as_rss(
        f"onrecord: {watch.name}",
        _tag(watch.watch_id),
        described(watch),
        feed_items(watch, matches),
        built_at=built_at,
    )


def described(watch: Watch) -> str:
    """Return what the items of a watch's feed are."""
    return f"Matches of the watch {watch.name}: {_asked(watch)}"


def feed_items(watch: Watch, matches: Sequence[Match]) -> list[rss.Item]:
    """Return an item for each match; it is the same item in the file and on the pages."""
    return [_item(watch, match) for match in matches]


def _item(watch: Watch, match: Match) -> rss.Item:
    said = f"{match.speaker}: {match.statement} ({match.source_id})"
    digest = hashlib.sha256("\x1f".join(match.key).encode("utf-8", "replace")).hexdigest()[:24]
    return rss.Item(
        guid=_tag(watch.watch_id, digest),
        title=match.title or "(without a title)",
        description=said if match.statement else match.source_id,
        link=match.url,
        category="past" if match.is_past else None,
        published_at=match.published_at or match.found_at,
    )


def _asked(watch: Watch) -> str:
    given = {
        "speaker": watch.speaker,
        "entity": watch.entity,
        "words": watch.search_words,
        "story": watch.story_id,
    }
    return ", ".join(f"{name} {value}" for name, value in given.items() if value is not None)


def _tag(*parts: str) -> str:
    return ":".join(("tag:onrecord,2026", *parts))


def _is_built(file: Path, watch: Watch, built_at: datetime) -> bool:
    """Whether the file has the matches up to this instant."""
    try:
        with file.open("rb") as stream:
            head = stream.read(_HEAD_BYTES).decode("utf-8", "replace")
    except OSError:
        return False
    return f"<lastBuildDate>{rss.instant(built_at)}<" in head and _tag(watch.watch_id) in head
