"""The RSS file of each watch, in the published folder."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from xml.etree import ElementTree as ET

from warehouse.errors import WarehouseUnwritableError
from warehouse.files import replace_file
from warehouse.folder import DataFolder
from warehouse.reader import Connection
from warehouse.watches import Found, Match, Watch, count_found, current_watches, last_matches

FOLDER = "watches"
MOST_ITEMS = 100
_HEAD_BYTES = 2000
# Characters that XML 1.0 cannot have, not even escaped.
_INVALID = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
    rss = ET.Element("rss", version="2.0")
    channel = ET.SubElement(rss, "channel")
    _add(channel, "title", f"onrecord: {watch.name}")
    _add(channel, "link", _tag(watch.watch_id))
    _add(channel, "description", f"Matches of the watch {watch.name}: {_asked(watch)}")
    _add(channel, "lastBuildDate", _instant(built_at))
    for match in matches:
        _add_item(ET.SubElement(channel, "item"), watch, match)
    ET.indent(rss)
    content: bytes = ET.tostring(rss, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _add_item(item: ET.Element, watch: Watch, match: Match) -> None:
    _add(item, "title", match.title or "(without a title)")
    if match.url:
        _add(item, "link", match.url)
    said = f"{match.speaker}: {match.statement} ({match.source_id})"
    _add(item, "description", said if match.statement else match.source_id)
    if match.is_past:
        _add(item, "category", "past")
    digest = hashlib.sha256("\x1f".join(match.key).encode("utf-8", "replace")).hexdigest()[:24]
    _add(item, "guid", _tag(watch.watch_id, digest)).set("isPermaLink", "false")
    if instant := match.published_at or match.found_at:
        _add(item, "pubDate", _instant(instant))


def _add(parent: ET.Element, name: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, name)
    element.text = _INVALID.sub("\ufffd", text)
    return element


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


def _instant(instant: datetime) -> str:
    return format_datetime(instant.astimezone(UTC), usegmt=True)


def _is_built(file: Path, watch: Watch, built_at: datetime) -> bool:
    """Whether the file has the matches up to this instant."""
    try:
        with file.open("rb") as stream:
            head = stream.read(_HEAD_BYTES).decode("utf-8", "replace")
    except OSError:
        return False
    return f"<lastBuildDate>{_instant(built_at)}<" in head and _tag(watch.watch_id) in head
