"""Keeps what takes long to compile in the user's cache folder, for the next process.

Compiling the word lists and unpacking the language model takes 0.8 seconds of CPU, reading both back
0.15. If the folder cannot be used, each process compiles them itself.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import stat
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, TypeVar

from platformdirs import user_cache_path

from flows import __version__

T = TypeVar("T")

_WRITABLE_BY_OTHERS: Final = stat.S_IWGRP | stat.S_IWOTH


def cached(name: str, sources: Iterable[Path], make: Callable[[], T]) -> T:
    """Return a value from the cache, or make it and keep it there.

    Args:
        name: File name of the value.
        sources: The files that it depends on, code included; if one of them has changed, the value is
            made again.
        make: Returns the value, which can be pickled. What it raises is raised here.
    """
    file = _folder() / f"{name}.pickle"
    key = _key(sources)
    found = _read(file, key)
    if found is not None:
        return found[0]  # type: ignore[no-any-return]
    value = make()
    _keep(file, key, value)
    return value


def _folder() -> Path:
    return user_cache_path("onrecord", appauthor=False)


def _key(sources: Iterable[Path]) -> bytes:
    """Return a digest of the versions, and of the names, sizes and times of the sources."""
    digest = hashlib.sha256(f"{__version__} {sys.version}".encode())
    for path in sorted(sources):
        with contextlib.suppress(OSError):
            found = path.stat()
            digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.digest()


def _read(file: Path, key: bytes) -> tuple[Any] | None:
    """Return the value of a file that only the user can have written; None if it is another one."""
    try:
        with file.open("rb") as stream:
            found = os.fstat(stream.fileno())
            if found.st_uid != os.getuid() or found.st_mode & _WRITABLE_BY_OTHERS:
                return None
            if stream.read(len(key)) != key:
                return None
            return (pickle.load(stream),)  # noqa: S301  # written by the user alone, see above
    except Exception:  # noqa: BLE001  # a damaged file may raise anything; the value is made again
        return None


def _keep(file: Path, key: bytes, value: object) -> None:
    """Write a value in one step; without a place for it, do nothing."""
    partial = file.with_suffix(f".{os.getpid()}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(key)
            pickle.dump(value, stream, protocol=pickle.HIGHEST_PROTOCOL)
        partial.replace(file)
    except OSError:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
