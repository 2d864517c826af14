"""Files as streams of bytes and bounded lines, inflated if they are compressed."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import IO, cast

from flows.archive.zstd import ZSTD_START, ZstdError, open_zstd
from flows.errors import InputError
from flows.machine_faults import raise_machine_fault

MAX_RECORD_BYTES = 64_000_000  # a row or record beyond this is no article
HEAD_BYTES = 1 << 18  # enough to recognise a file

_PIECE = 1 << 20
BROKEN = (OSError, EOFError, lzma.LZMAError, ZstdError)


def readable(path: Path) -> str:
    r"""Return a path as text that can be stored, with bytes that are not UTF-8 escaped.

    >>> readable(Path("news/m\udce4rz.html"))
    'news/m\\xe4rz.html'
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def open_stream(path: Path) -> BufferedReader:
    """Open a file for reading; gzip, bzip2, xz and Zstandard are recognised by their first bytes.

    Raises:
        InputError: The file cannot be opened.
    """
    try:
        with path.open("rb") as file:
            start = file.read(6)
        if start.startswith(b"\x1f\x8b"):
            return cast("BufferedReader", gzip.open(path))
        if start.startswith(b"BZh"):
            return cast("BufferedReader", bz2.open(path))
        if start.startswith(b"\xfd7zXZ"):
            return cast("BufferedReader", lzma.open(path))
        if start.startswith(ZSTD_START):
            return cast("BufferedReader", open_zstd(path))
        return path.open("rb")
    except OSError as exc:
        raise unreadable(path, exc) from exc


def read_head(path: Path, size: int = HEAD_BYTES) -> bytes:
    """Return the first bytes of a file, inflated, as far as they can be read.

    Raises:
        InputError: The file cannot be opened, or none of it can be inflated.
    """
    head = b""
    with open_stream(path) as stream:
        try:
            # read1 returns what comes before the damage, too
            while len(head) < size and (piece := stream.read1(size - len(head))):
                head += piece
        except BROKEN as exc:
            if not head:
                raise unreadable(path, exc) from exc
    return head


def bounded_lines(
    stream: IO[bytes], *, most: int = MAX_RECORD_BYTES
) -> Iterator[tuple[int, bytes | None]]:
    """Yield each line with its number, counted from 1; None for a line that is too long."""
    number = 0
    while line := stream.readline(most + 1):
        number += 1
        if len(line) <= most:
            yield number, line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(_PIECE)
        yield number, None


def unreadable(path: Path, exc: Exception) -> InputError:
    """Return the error for a file that cannot be opened or inflated.

    Raises:
        MachineError: This machine is at fault, not the file.
    """
    raise_machine_fault(exc)
    problem = getattr(exc, "strerror", None) or str(exc) or type(exc).__name__
    return InputError(readable(path), "unreadable", f"cannot be read: {problem}")
