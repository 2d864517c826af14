"""Saving: what of a data folder is backed up, and how its files become pieces.

What can be computed again is left out: the search index, the cache of robots.txt, Prefect's
history, downloads and the quarantine folder.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from flows.archive.remnants import archive_files
from flows.backups.manifest import ARCHIVE, SETTINGS, WAREHOUSE, Piece, SavedFile, piece_name
from flows.backups.stores import Store
from flows.errors import BackupError
from warehouse.folder import DataFolder

RESTORE_NOTE: Final = "restore.json"  # in a data folder that is being restored
# A piece is held in memory, and an interrupted backup loses at most one.
_PIECE_BYTES: Final = {ARCHIVE: 64 << 20, SETTINGS: 64 << 20, WAREHOUSE: 1 << 20}
# A DuckDB file is a header and blocks of 256 kB. Appends change a few blocks all over the
# file: of 229 MB, 400 more articles changed 4.2 MB. Pieces of 1 MiB cost 10 MB, of 8 MiB 45 MB.
_HEADER_BYTES: Final = 3 * 4096


@dataclass(frozen=True, slots=True)
class Source:
    """A file to save: its path in the data folder, where it is, and the folder of its pieces."""

    path: str
    file: Path
    folder: str

    @property
    def bytes(self) -> int:
        """Its size now, 0 if it does not exist any more."""
        try:
            return self.file.stat().st_size
        except FileNotFoundError:
            return 0


def find_sources(folder: DataFolder, snapshot: Path) -> list[Source]:
    """Return the files to save: the archive, a snapshot, and the files at the top.

    The files at the top are the feed list, the settings, the rules, and what others put
    there.

    Raises:
        BackupError: The name of a file cannot be written in a manifest.
    """
    top = [
        path
        for path in folder.root.iterdir()
        if path.is_file() and not path.name.startswith(".") and path.name != RESTORE_NOTE
    ]
    archived = archive_files(folder.archive) if folder.archive.is_dir() else []
    found = [
        *(Source(path.name, path, SETTINGS) for path in top),
        *(Source(f"{folder.archive.name}/{path.name}", path, ARCHIVE) for path in archived),
        Source(f"{folder.published.name}/{snapshot.name}", snapshot, WAREHOUSE),
    ]
    for source in found:
        try:
            source.path.encode()
        except UnicodeEncodeError as exc:
            problem = "this name is not UTF-8 and cannot be saved: rename the file"
            raise BackupError(ascii(source.path), problem) from exc
    return sorted(found, key=lambda source: source.path)


class Saver:
    """Saves files in a store; pieces that the store has are not copied again.

    Attributes:
        copied_bytes: Bytes copied so far.
        copied_files: Files of the store written so far.
    """

    def __init__(
        self,
        store: Store,
        present: Mapping[str, int],
        *,
        on_bytes: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Set up the saver.

        Args:
            store: The store.
            present: The sizes of the files in the store, by name.
            on_bytes: Called with the number of bytes that are done, copied or not.
        """
        self.copied_bytes = self.copied_files = 0
        self._store, self._present, self._on_bytes = store, dict(present), on_bytes

    def save(self, source: Source, known: SavedFile | None) -> SavedFile:
        """Save a file and return its entry of the manifest.

        Of a file that a run is writing to, the bytes are saved that it has now.

        Args:
            source: The file.
            known: Its entry in an earlier backup. If size and time are the same, the file
                is not read. If the file has only grown, only the new bytes are copied.

        Raises:
            BackupError: The file cannot be read, or the store cannot be written.
        """
        try:
            with source.file.open("rb") as stream:
                return self._save(source, stream, known)
        except OSError as exc:
            problem = f"cannot be read ({exc.strerror or exc}): check its disk and permissions"
            raise BackupError(str(source.file), problem) from exc

    def has(self, file: SavedFile) -> bool:
        """Whether the store has all pieces of a file."""
        return all(self._present.get(piece.name) == piece.bytes for piece in file.pieces)

    def _save(self, source: Source, stream: IO[bytes], known: SavedFile | None) -> SavedFile:
        state = os.fstat(stream.fileno())
        mode = stat.S_IMODE(state.st_mode)
        if known and is_unchanged(known, state) and known.mode == mode and self.has(known):
            self._on_bytes(known.bytes)
            return known
        whole, pieces = hashlib.sha256(), list[Piece]()
        if known and source.folder == ARCHIVE and known.bytes < state.st_size and self.has(known):
            whole, pieces = self._grown(stream, known)
        offset = sum(piece.bytes for piece in pieces)
        while content := stream.read(_next_size(source.folder, offset, state.st_size)):
            whole.update(content)
            pieces.append(self._save_piece(source, offset, content))
            offset += len(content)
        return SavedFile(
            path=source.path,
            bytes=offset,
            sha256=whole.hexdigest(),
            mode=mode,
            modified_ns=state.st_mtime_ns,
            pieces=tuple(pieces),
        )

    def _grown(self, stream: IO[bytes], known: SavedFile) -> tuple[hashlib._Hash, list[Piece]]:
        """Return the digest and pieces of the known bytes if the file still starts with them."""
        whole, left = hashlib.sha256(), known.bytes
        while left and (content := stream.read(min(left, 1 << 20))):
            whole.update(content)
            left -= len(content)
        if whole.hexdigest() == known.sha256:
            self._on_bytes(known.bytes)
            return whole, list(known.pieces)
        stream.seek(0)
        return hashlib.sha256(), []

    def _save_piece(self, source: Source, offset: int, content: bytes) -> Piece:
        digest = hashlib.sha256(content).hexdigest()
        piece = Piece(piece_name(source.folder, source.path, offset, digest), len(content), digest)
        if self._present.get(piece.name) != piece.bytes:
            self._store.write(piece.name, content)
            self._present[piece.name] = piece.bytes
            self.copied_bytes += piece.bytes
            self.copied_files += 1
        self._on_bytes(piece.bytes)
        return piece


def is_unchanged(known: SavedFile, state: os.stat_result) -> bool:
    """Whether a file has the size and time that it had at an earlier backup."""
    return (known.bytes, known.modified_ns) == (state.st_size, state.st_mtime_ns)


def _next_size(folder: str, offset: int, size: int) -> int:
    if folder == WAREHOUSE and offset == 0:
        return min(_HEADER_BYTES, size)
    return min(_PIECE_BYTES[folder], size - offset)
