"""What a `LimitedReader` and its process tell each other.

A request is a query. A message is a kind and a value: `open` (the snapshot is), `columns` (names
and types), `rows` (a list of them), `end` (whether there are more rows than requested) or `error`
(an exception). Only messages that consist of known classes are read, because a query might take
over its process.
"""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any, NamedTuple

from warehouse.folder import DataFolder

Message = tuple[str, Any]

MEMORY_EXCEEDED = "the query needed too much memory"
TOO_DEEP = "the query is nested too deeply: split it into steps by WITH"
# DuckDB returns half a tree of a query that is too deep, and if its memory is short.
SHORT_OF_MEMORY = frozenset({MEMORY_EXCEEDED, TOO_DEEP})

# The classes of the values in rows and errors, besides the errors themselves.
_CLASSES = {
    ("datetime", "date"), ("datetime", "datetime"), ("datetime", "time"),
    ("datetime", "timedelta"), ("datetime", "timezone"), ("decimal", "Decimal"), ("pytz", "_UTC"),
    ("pathlib", "PosixPath"), ("uuid", "UUID"), ("uuid", "SafeUUID"),
}  # fmt: skip


class Request(NamedTuple):
    """A query to run.

    Attributes:
        root: The data folder.
        memory_bytes: Memory of the process beyond what it has at its start.
        sql: The query.
        most: Maximum number of rows; None for all.
    """

    root: Path
    memory_bytes: int
    sql: str
    most: int | None


def spill_folder(root: Path, pid: int) -> Path:
    """Return where the queries of a process put what does not fit into memory."""
    return DataFolder(root).published / f"query-{pid}.tmp"


def packed(kind: str, value: Any = None) -> bytes:
    """Return a message as bytes."""
    return pickle.dumps((kind, value), protocol=5)


def unpacked(data: bytes) -> Message:
    """Return kind and value of a message; raise UnpicklingError if it has any other class."""
    kind, value = _Unpickler(io.BytesIO(data)).load()
    return str(kind), value


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _CLASSES or (module == "warehouse.errors" and "." not in name):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no value of a row")
