"""Manifests: what a backup of one point in time has, as JSON.

Each file of the data folder is listed with its size, its SHA-256 and its pieces: the files
of the store that make it up, in order. Pieces are never changed. Several points may refer
to the same piece, so a later point costs only what is new. README.txt in the store tells
people how to put files together without onrecord.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, Final

import orjson

from flows.errors import BackupError

FORMAT: Final = 1  # of manifests and of the store
ARCHIVE, WAREHOUSE, SETTINGS = "archive", "warehouse", "settings"  # folders of pieces
_POINT: Final = re.compile(r"backups/(\d{4}-\d\d-\d\dT\d{6}Z)/manifest\.json")
_DIGEST_CHARS: Final = 32  # 128 bits of the SHA-256
_PIECE: Final = re.compile(
    rf"(?:archive|settings)/[^/]*\.\d{{12}}-[0-9a-f]{{{_DIGEST_CHARS}}}(?:\.[^/]*)?"
    rf"|warehouse/[0-9a-f]{{{_DIGEST_CHARS}}}\.piece"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of the store: its name, its size in bytes and its SHA-256."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFile:
    """A file of the data folder.

    Attributes:
        path: Its path in the data folder, with `/`.
        bytes: Its size.
        sha256: Digest of its content.
        mode: Its permissions.
        modified_ns: When it was last changed, in nanoseconds since 1970, UTC.
        pieces: What it is made of, in order.
    """

    path: str
    bytes: int
    sha256: str
    mode: int
    modified_ns: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One backup.

    Attributes:
        created_at: When it was made, UTC, in whole seconds.
        onrecord_version: Version of the program that made it.
        schema: Newest migration of the warehouse.
        duckdb_version: Version of DuckDB that read the warehouse.
        newest_batch_at: When the newest batch of the warehouse was committed, UTC; None without
            batches.
        snapshot: Path of the warehouse in the data folder.
        rows: Number of rows of each table of the warehouse.
        files: The files, sorted by path.
    """

    created_at: datetime
    onrecord_version: str
    schema: str
    duckdb_version: str
    newest_batch_at: datetime | None
    snapshot: str
    rows: Mapping[str, int]
    files: tuple[SavedFile, ...]

    @property
    def point(self) -> str:
        """Name of the backup."""
        return point_of(self.created_at)

    @property
    def bytes(self) -> int:
        """Size of all files together."""
        return sum(file.bytes for file in self.files)

    @property
    def pieces(self) -> Iterator[Piece]:
        """The pieces of all files."""
        return (piece for file in self.files for piece in file.pieces)


def point_of(created_at: datetime) -> str:
    """Return the name of the backup made at an instant.

    >>> point_of(datetime(2024, 6, 3, 6, 40, tzinfo=UTC))
    '2024-06-03T064000Z'
    """
    return f"{created_at.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"


def instant_of(point: str) -> datetime:
    """Return when a backup was made, UTC.

    >>> instant_of("2024-06-03T064000Z")
    datetime.datetime(2024, 6, 3, 6, 40, tzinfo=datetime.timezone.utc)
    """
    return datetime.strptime(point, "%Y-%m-%dT%H%M%S%z")


def manifest_name(point: str) -> str:
    """Return the name of a manifest in the store."""
    return f"backups/{point}/manifest.json"


def point_in(name: str) -> str | None:
    """Return the point whose manifest has this name; None for another file.

    >>> point_in("backups/2024-06-03T064000Z/manifest.json")
    '2024-06-03T064000Z'
    """
    found = _POINT.fullmatch(name)
    return found[1] if found else None


def piece_name(folder: str, path: str, offset: int, sha256: str) -> str:
    """Return the name of the piece that starts at a byte of a file.

    Pieces of the warehouse have only their digest as a name, because unchanged parts of a
    snapshot recur in later ones.

    >>> piece_name("archive", "archive/onrecord-20240603-00000.warc.gz", 0, "ab" * 32)
    'archive/onrecord-20240603-00000.000000000000-abababababababababababababababab.warc.gz'
    """
    digest = sha256[:_DIGEST_CHARS]
    if folder == WAREHOUSE:
        return f"{WAREHOUSE}/{digest}.piece"
    stem, dot, ending = PurePosixPath(path).name.partition(".")
    return f"{folder}/{stem}.{offset:012}-{digest}{dot}{ending}"


def is_piece(name: str) -> bool:
    """Whether a file of a store has the name of a piece, also if it is half written."""
    folder, slash, file = name.partition("/")
    if file.startswith(".") and file.endswith(".partial"):
        file = file.removeprefix(".").removesuffix(".partial")
    return _PIECE.fullmatch(f"{folder}{slash}{file}") is not None


def write_manifest(manifest: Manifest) -> bytes:
    """Return a manifest as JSON, for people too."""
    shown = {"format": FORMAT, "point": manifest.point} | {
        name: getattr(manifest, name) for name in Manifest.__slots__
    }
    return orjson.dumps(shown, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z)


def read_manifest(content: bytes, target: str) -> Manifest:
    """Return the manifest in `content`; keys that later versions add are passed over.

    Args:
        content: The JSON.
        target: Its place, for the error.

    Raises:
        BackupError: It is damaged, or a newer onrecord wrote it.
    """
    try:
        found = orjson.loads(content)
        check_format(found, target)
        return Manifest(
            created_at=datetime.fromisoformat(found["created_at"]),
            newest_batch_at=_instant(found["newest_batch_at"]),
            files=tuple(map(_saved_file, found["files"])),
            **{
                name: found[name]
                for name in ("onrecord_version", "schema", "duckdb_version", "snapshot", "rows")
            },
        )
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        problem = f"is damaged ({type(exc).__name__}: {exc}): use another point"
        raise BackupError(target, problem) from exc


def check_format(found: Mapping[str, Any], target: str) -> None:
    """Raise BackupError if a newer onrecord wrote what was found in a store."""
    if found["format"] > FORMAT:
        problem = f"was written by a newer onrecord (format {found['format']}): update onrecord"
        raise BackupError(target, problem)


def _instant(found: str | None) -> datetime | None:
    return None if found is None else datetime.fromisoformat(found)


def _saved_file(found: Mapping[str, Any]) -> SavedFile:
    path = PurePosixPath(found["path"])
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError(f"{found['path']!r} is not a path in the data folder")
    pieces = tuple(Piece(one["name"], one["bytes"], one["sha256"]) for one in found["pieces"])
    if strange := [piece.name for piece in pieces if not is_piece(piece.name)]:
        raise ValueError(f"{strange[0]!r} is not the name of a piece")
    return SavedFile(
        pieces=pieces,
        **{name: found[name] for name in ("path", "bytes", "sha256", "mode", "modified_ns")},
    )
