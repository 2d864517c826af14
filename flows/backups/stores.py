"""Stores: where backups are kept, a folder or a bucket of an S3-compatible service.

A store has named files that appear whole or not at all. In a folder, files and folders can
be read by their owner only, because the feed list may contain the keys of private feeds.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from flows.bucket_keys import BucketKeys, read_bucket_keys
from flows.errors import BackupError, SettingsError
from warehouse.files import open_private, replace_file, sync_folder

if TYPE_CHECKING:  # the extra `s3`
    from obstore.store import S3Store

RETRY_S = 60.0  # an object store that does not answer for a minute is down
_RETRIES = 5
_READ_AGAIN = "look at its disk and its permissions, then run it again"
_ASK_AGAIN = "check the name of the bucket, the AWS_ variables and the network, then run it again"
_WRITE_AGAIN = "what was copied is kept, and the next backup continues there"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Size in bytes of a file in a store, and when it was written, UTC."""

    bytes: int
    written_at: datetime


class Store(Protocol):
    """A place for named files; each method raises BackupError if the place fails."""

    @property
    def name(self) -> str:
        """Its name in messages."""

    def listed(self, under: str = "") -> dict[str, StoredFile]:
        """Return the files by name; with `under`, only those in that folder."""

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, None if it does not exist."""

    def write(self, name: str, content: bytes) -> None:
        """Write a file in one step; an older one of that name is replaced."""

    def remove(self, names: Iterable[str]) -> None:
        """Remove files; those that do not exist are passed over."""


@dataclass(frozen=True, slots=True)
class FolderStore:
    """A folder on disk, created with the first file."""

    root: Path

    @property
    def name(self) -> str:
        """The folder."""
        return str(self.root)

    def listed(self, under: str = "") -> dict[str, StoredFile]:
        """Return the files by name, including what a killed process left half written."""
        with self._translated("read", _READ_AGAIN):
            return dict(self._walk(self.root / under)) if (self.root / under).exists() else {}

    def _walk(self, folder: Path) -> Iterator[tuple[str, StoredFile]]:
        with os.scandir(folder) as found:
            for entry in sorted(found, key=lambda entry: entry.name):
                path = Path(entry.path)
                if entry.is_dir(follow_symlinks=False):
                    yield from self._walk(path)
                else:
                    state = entry.stat(follow_symlinks=False)
                    written_at = datetime.fromtimestamp(state.st_mtime, UTC)
                    name = path.relative_to(self.root).as_posix()
                    yield name, StoredFile(state.st_size, written_at)

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, None if it does not exist."""
        with self._translated("read", _READ_AGAIN):
            try:
                return (self.root / name).read_bytes()
            except FileNotFoundError:
                return None

    def write(self, name: str, content: bytes) -> None:
        """Write a file in one step and sync it."""
        final = self.root / name
        with self._translated("written", _WRITE_AGAIN):
            self._make(final.parent)
            with (
                replace_file(final) as partial,
                open_private(partial) as stream,
            ):
                stream.write(content)

    def _make(self, folder: Path) -> None:
        if folder.is_dir():
            return
        if folder == self.root:
            folder.parent.mkdir(parents=True, exist_ok=True)
        else:
            self._make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(folder.parent)

    def remove(self, names: Iterable[str]) -> None:
        """Remove files, and the folders that become empty."""
        with self._translated("written", _WRITE_AGAIN):
            for name in names:
                path = self.root / name
                path.unlink(missing_ok=True)
                with contextlib.suppress(OSError):  # it has other files
                    path.parent.rmdir()

    @contextlib.contextmanager
    def _translated(self, done: str, advice: str) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            reason = exc.strerror or str(exc)
            place = exc.filename if isinstance(exc.filename, str) else self.name
            raise BackupError(place, f"cannot be {done} ({reason}): {advice}") from exc


@dataclass(slots=True)
class BucketStore:
    """A bucket of an S3-compatible service, `s3://bucket/prefix`.

    Attributes:
        url: URL of the bucket and prefix.
        keys: How to reach it.
    """

    url: str
    keys: BucketKeys
    _s3: S3Store = field(init=False, repr=False)

    def __post_init__(self) -> None:
        try:
            from obstore.store import S3Store  # noqa: PLC0415  # the extra `s3`
        except ModuleNotFoundError as exc:
            problem = "needs the package obstore: pip install 'onrecord[s3]'"
            raise BackupError(self.name, problem) from exc
        parts = urlsplit(self.url)
        keys = self.keys
        given: dict[str, Any] = {"endpoint": keys.endpoint, "session_token": keys.session_token}
        self._s3 = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            access_key_id=keys.key_id,
            secret_access_key=keys.secret,
            region=keys.region,
            virtual_hosted_style_request=not keys.endpoint,
            client_options={"allow_http": not keys.use_tls, "connect_timeout": "10s"},
            retry_config={"max_retries": _RETRIES, "retry_timeout": timedelta(seconds=RETRY_S)},
            **{name: value for name, value in given.items() if value},
        )

    @property
    def name(self) -> str:
        """The URL."""
        return self.url

    def listed(self, under: str = "") -> dict[str, StoredFile]:
        """Return the objects by name."""
        with self._translated("read", _ASK_AGAIN) as obstore:
            return {
                one["path"]: StoredFile(one["size"], one["last_modified"])
                for some in obstore.list(self._s3, prefix=under or None)
                for one in some
            }

    def read(self, name: str) -> bytes | None:
        """Return the content of an object, None if it does not exist."""
        with self._translated("read", _ASK_AGAIN) as obstore:
            try:
                return bytes(obstore.get(self._s3, name).bytes())
            except FileNotFoundError:
                return None

    def write(self, name: str, content: bytes) -> None:
        """Write an object; it appears when it is complete."""
        with self._translated("written", _WRITE_AGAIN) as obstore:
            obstore.put(self._s3, name, content, use_multipart=False)

    def remove(self, names: Iterable[str]) -> None:
        """Remove objects, many with one request; those that do not exist are passed over."""
        with self._translated("written", _WRITE_AGAIN) as obstore:
            if listed := list(names):
                obstore.delete(self._s3, listed)

    @contextlib.contextmanager
    def _translated(self, done: str, advice: str) -> Iterator[ModuleType]:
        import obstore  # noqa: PLC0415  # the extra `s3`
        from obstore.exceptions import BaseError  # noqa: PLC0415

        try:
            yield obstore
        except BaseError as exc:
            # The body of the answer is XML, and details follow on other lines.
            reason = str(exc).partition("\n")[0].partition(": <")[0]
            raise BackupError(self.name, f"cannot be {done} ({reason}): {advice}") from exc


def open_store(to: str) -> Store:
    """Return the folder or bucket named by `to`.

    Raises:
        SettingsError: It is another kind of URL, or the keys of the bucket are not set.
        BackupError: The package for buckets is not installed.
    """
    if to and "://" not in to:
        return FolderStore(Path(to).absolute())
    if not to.startswith("s3://") or not urlsplit(to).netloc:
        raise SettingsError("backup_to", to, "a folder or s3://bucket/prefix")
    return BucketStore(to, read_bucket_keys())
