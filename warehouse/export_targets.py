"""Targets of an export: a folder, or a bucket of an S3-compatible store.

DuckDB's httpfs extension writes to the store. It comes from its wheel: nothing is
downloaded at run time.
"""

from __future__ import annotations

import contextlib
import importlib.resources
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import duckdb

from warehouse.errors import ExportError
from warehouse.files import replace_file
from warehouse.quoting import quoted


class HasSize(Protocol):
    """Name and size of a file that an earlier export wrote."""

    @property
    def file(self) -> str:
        """Its name, relative to the target."""

    @property
    def bytes(self) -> int:
        """Its size."""


class Target(Protocol):
    """A place for named files."""

    @property
    def name(self) -> str:
        """Its name in messages."""

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, None if it does not exist."""

    def has(self, written: HasSize) -> bool:
        """Whether a written file still exists with the same size."""

    def put(self, file: Path, name: str) -> None:
        """Move a local file to its name in the target, in one step."""


@dataclass(frozen=True, slots=True)
class FolderTarget:
    """A folder on disk, created if it does not exist."""

    root: Path

    @property
    def name(self) -> str:
        """The folder."""
        return str(self.root)

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, None if it does not exist."""
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise ExportError(self.name, exc.strerror or str(exc)) from exc

    def has(self, written: HasSize) -> bool:
        """Whether the file exists with the written size."""
        with contextlib.suppress(OSError):
            return (self.root / written.file).stat().st_size == written.bytes
        return False

    def put(self, file: Path, name: str) -> None:
        """Move a local file to its name in the target, in one step."""
        final = self.root / name
        try:
            final.parent.mkdir(parents=True, exist_ok=True)
            with replace_file(final) as partial:
                shutil.move(file, partial)
        except OSError as exc:
            raise ExportError(self.name, exc.strerror or str(exc)) from exc


@dataclass(slots=True)
class BucketTarget:
    """A bucket, `s3://bucket/prefix`. Each file must fit in memory.

    Attributes:
        url: URL of the bucket and prefix.
        key_id: Access key.
        secret: Its secret, which is never shown.
        session_token: Token of temporary keys, otherwise empty.
        region: Region of the bucket.
        endpoint: Host and port of the store, empty for Amazon's.
        use_tls: Whether the endpoint uses HTTPS.
    """

    url: str
    key_id: str
    secret: str = field(repr=False)
    session_token: str = field(default="", repr=False)
    region: str = "us-east-1"
    endpoint: str = ""
    use_tls: bool = True
    _con: duckdb.DuckDBPyConnection = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._con = duckdb.connect()  # not that of the snapshot, which is read-only
        try:
            extension = importlib.resources.files("duckdb_extension_httpfs").joinpath(
                "extensions", f"v{duckdb.__version__}", "httpfs.duckdb_extension"
            )
        except ModuleNotFoundError as exc:
            problem = "needs the package duckdb-extension-httpfs: pip install 'onrecord[s3]'"
            raise ExportError(self.name, problem) from exc
        self._con.execute("SET autoinstall_known_extensions = false")
        self._run(f"LOAD {quoted(extension)}")
        options = {
            "KEY_ID": self.key_id, "SECRET": self.secret, "SESSION_TOKEN": self.session_token,
            "REGION": self.region, "ENDPOINT": self.endpoint,
        }  # fmt: skip
        given = {name: value for name, value in options.items() if value}
        listed = "".join(f", {name} ${name.lower()}" for name in given)
        style = "path" if self.endpoint else "vhost"
        tls = "true" if self.use_tls else "false"
        self._run(
            f"CREATE SECRET (TYPE s3{listed}, URL_STYLE '{style}', USE_SSL {tls})",
            {name.lower(): value for name, value in given.items()},
        )

    @property
    def name(self) -> str:
        """The URL."""
        return self.url

    def read(self, name: str) -> bytes | None:
        """Return the content of an object, None if it does not exist."""
        rows = self._look("content", name)
        return rows[0][0] if rows else None

    def has(self, written: HasSize) -> bool:
        """Whether the object exists with the written size."""
        return self._look("size", written.file) == [(written.bytes,)]

    def put(self, file: Path, name: str) -> None:
        """Upload a local file; the object appears when the upload is complete."""
        self._run(
            f"COPY (SELECT content FROM read_blob($path)) TO {quoted(self._path(name))}"
            " (FORMAT blob)",
            {"path": str(file)},
        )
        file.unlink()

    def _look(self, column: str, name: str) -> list[tuple[Any, ...]]:
        try:
            return self._run(f"SELECT {column} FROM read_blob($path)", {"path": self._path(name)})
        except ExportError as exc:
            if isinstance(exc.__cause__, duckdb.HTTPException) and "HTTP 404" in str(exc.__cause__):
                return []
            raise

    def _path(self, name: str) -> str:
        return f"{self.url.rstrip('/')}/{name}"

    def _run(self, sql: str, values: dict[str, str] | None = None) -> list[tuple[Any, ...]]:
        try:
            return self._con.execute(sql, values or {}).fetchall()
        except duckdb.Error as exc:
            raise ExportError(self.name, str(exc).partition("\n")[0]) from exc
