"""Which records of the archive refer to others, file by file.

A file is read once: what it refers to is remembered beside it, in `references.json`, by
the file's size and time. The list can be deleted at any time and is then made again.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import orjson

from flows.archive.remnants import is_remnant, read_records, whole_name
from flows.archive.warc import WarcRecord

Place = tuple[str, int]

_LIST: Final = "references.json"


def archive_files(folder: Path) -> list[Path]:
    """Return the WARC files of a folder, sorted by name.

    A remnant whose whole file is still there, after a kill, is left out: the removal that
    made it did not happen yet.
    """
    return [
        path
        for path in sorted(folder.glob("*.warc*"))
        if not (is_remnant(path) and path.with_name(whole_name(path)).exists())
    ]


def reference_of(record: WarcRecord) -> Place | None:
    """Return where the record lies that another one refers to; None where it names none."""
    file = record.fields.get("onrecord-refers-to-file", "")
    offset = record.fields.get("onrecord-refers-to-offset", "")
    return (file, int(offset)) if file and offset.isdigit() else None


def find_references(folder: Path, paths: Iterable[Path]) -> set[Place]:
    """Return the places in other files that the records of `paths` refer to.

    Raises:
        OSError: A file cannot be read, or the folder cannot be written.
    """
    known = _read_list(folder)
    found: dict[str, dict[str, Any]] = {}
    for path in paths:
        state = path.stat()
        stamp = [state.st_size, state.st_mtime_ns]
        kept = known.get(path.name)
        if kept is None or kept.get("stamp") != stamp:
            kept = {"stamp": stamp, "refers_to": sorted(map(list, _references(path)))}
        found[path.name] = kept
    if found != known:
        _write_list(folder, found)
    return {(file, offset) for kept in found.values() for file, offset in kept["refers_to"]}


def _references(path: Path) -> set[Place]:
    own = whole_name(path)
    records = (record for record in read_records(path) if isinstance(record, WarcRecord))
    references = (reference_of(record) for record in records)
    return {place for place in references if place is not None and place[0] != own}


def _read_list(folder: Path) -> dict[str, dict[str, Any]]:
    with contextlib.suppress(OSError, orjson.JSONDecodeError):
        found = orjson.loads((folder / _LIST).read_bytes())
        return found if isinstance(found, dict) else {}
    return {}


def _write_list(folder: Path, found: dict[str, dict[str, Any]]) -> None:
    partial = folder / f"{_LIST}.{os.getpid()}"
    partial.write_bytes(orjson.dumps(found))
    partial.rename(folder / _LIST)
