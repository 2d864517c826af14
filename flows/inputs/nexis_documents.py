"""The documents in a text file that was exported from Nexis, as records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from flows.errors import InputError
from flows.inputs.records import Record
from flows.inputs.streams import BROKEN, open_stream, readable, unreadable
from transforms.charsets import decode
from transforms.importing.nexis import read_nexis

MAX_NEXIS_BYTES: Final = 100_000_000  # an export has at most some hundred documents


def read_nexis_file(path: Path) -> Iterator[Record]:
    """Yield each document.

    Raises:
        InputError: The file cannot be read, or is too large.
    """
    with open_stream(path) as stream:
        try:
            content = stream.read(MAX_NEXIS_BYTES + 1)
        except BROKEN as exc:
            raise unreadable(path, exc) from exc
    if len(content) > MAX_NEXIS_BYTES:
        raise InputError(readable(path), "too_large", "is larger than 100 MB: split it")
    for number, part in enumerate(read_nexis(decode(content).text), 1):
        yield Record(number, {"text": "", **part})
