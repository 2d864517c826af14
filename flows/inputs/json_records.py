"""Records in JSON: JSON Lines, arrays, and objects that hold a list of records.

Arrays are parsed piece by piece (ijson), so a file of any size is read in bounded memory.
An object is one record, unless a list of objects is all that matters in it, as in
{"articles": [...]}.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Final

import ijson
import orjson

from flows.errors import InputError
from flows.inputs.records import TOO_LONG, BadRecord, Record
from flows.inputs.streams import BROKEN, MAX_RECORD_BYTES, bounded_lines, open_stream, readable
from transforms.charsets import decode

_WHOLE_BYTES = 50_000_000  # objects up to this size are parsed at once
_LISTS: Final = ("articles", "stories", "items", "results", "data", "docs", "documents", "records")
# Arrays and objects inside each other. ijson joins all their names for each one, in quadratic time.
MAX_NESTED = 10_000
# Read at a time. ijson scans a long string again with each piece, in quadratic time.
_PIECE_BYTES = 4_000_000
_BLANK = b" \t\r\n\xef\xbb\xbf"


def read_json_lines(path: Path) -> Iterator[Record | BadRecord]:
    """Yield the records of a JSON Lines file; blank lines are passed over.

    Raises:
        InputError: The file cannot be read any further.
    """
    with open_stream(path) as stream:
        number = 0
        try:
            for number, line in bounded_lines(stream):
                if line is None:
                    yield BadRecord(number, "line_too_long", f"line {number}: {TOO_LONG}")
                elif line.strip(_BLANK):
                    yield _record(number, line)
        except BROKEN as exc:
            problem = f"cannot be read past line {number}: {exc}"
            raise InputError(readable(path), "unreadable", problem) from exc


def parse(content: bytes) -> Any:
    r"""Return the value that some JSON describes.

    Beyond the standard, what programs write by mistake is read, too: NaN, control characters
    in strings, half of a surrogate pair, and text that is not UTF-8.

    >>> parse(b'{"text": "F\xe4hre", "votes": NaN}')["text"]
    'Fähre'

    Raises:
        ValueError: It is not JSON.
    """
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as exc:
        with contextlib.suppress(ValueError, RecursionError):
            return json.loads(decode(content).text, strict=False)
        raise ValueError(str(exc)) from exc


def _record(number: int, line: bytes) -> Record | BadRecord:
    try:
        values = parse(line.strip(_BLANK))
    except ValueError as exc:
        cut = "" if line.endswith(b"\n") else "the file ends inside this line: "
        return BadRecord(number, "bad_input", f"line {number}: {cut}not JSON: {exc}")
    if isinstance(values, dict):
        return Record(number, values)
    kind = type(values).__name__
    return BadRecord(number, "bad_input", f"line {number}: got {kind}, expected an object")


def read_json(
    path: Path, is_article: Callable[[Mapping[str, Any]], bool]
) -> Iterator[Record | BadRecord]:
    """Yield the records of a JSON file: its array, its object, or the list in its object.

    Args:
        path: The file.
        is_article: Tells whether an object is an article itself.

    Raises:
        InputError: The file is not JSON, or cannot be read any further.
    """
    with open_stream(path) as stream:
        start = _first_byte(stream)
        if start == b"{":
            values = _load_object(path)
            if values is not None:
                yield from _records_of(values, is_article)
                return
    with open_stream(path) as stream:
        yield from _stream(stream, _array_items if start == b"[" else _list_items)


def _first_byte(stream: IO[bytes]) -> bytes:
    return stream.read(1024).lstrip(_BLANK)[:1]


def _load_object(path: Path) -> dict[str, Any] | None:
    """Return the object in a file, None if it is too large to be parsed at once."""
    try:
        with open_stream(path) as stream:
            content = stream.read(_WHOLE_BYTES + 1)
    except BROKEN as exc:
        raise InputError(readable(path), "unreadable", f"cannot be read: {exc}") from exc
    if len(content) > _WHOLE_BYTES:
        return None
    try:
        values = parse(content.lstrip(_BLANK))
    except ValueError as exc:
        raise InputError(readable(path), "bad_input", f"is not JSON: {exc}") from exc
    return values if isinstance(values, dict) else None


def _records_of(
    values: dict[str, Any], is_article: Callable[[Mapping[str, Any]], bool]
) -> Iterator[Record | BadRecord]:
    if is_article(values):
        yield Record(1, values)
        return
    named = [key for key in _LISTS if _is_list_of_objects(values.get(key))]
    lists = named or [key for key, value in values.items() if _is_list_of_objects(value)]
    if not lists:
        yield Record(1, values)
        return
    found = (_with_publisher(key, one) for key in lists for one in values[key])
    for number, one in enumerate(found, 1):
        yield _item(number, one)


def _with_publisher(key: str, record: Any) -> Any:
    """Return a record with the key that it is listed under, where that is its publisher.

    fundus saves articles as {"Harbour Times": [...], "Grenmoor Mail": [...]}.
    """
    if isinstance(record, dict) and "publishing_date" in record:
        return {"publisher": key} | record
    return record


def _is_list_of_objects(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _item(number: int, value: object) -> Record | BadRecord:
    if isinstance(value, dict):
        return Record(number, value)
    kind = type(value).__name__
    return BadRecord(number, "bad_input", f"record {number}: got {kind}, expected an object")


def _stream(
    stream: IO[bytes], items_of: Callable[[_Limited], Iterator[Any]]
) -> Iterator[Record | BadRecord]:
    """Yield the records of a large file; an error in it hides everything after it."""
    number, limited = 0, _Limited(stream)
    try:
        for number, value in enumerate(items_of(limited), 1):
            limited.restart()
            yield _item(number, value)
    except _TooLongError:
        yield BadRecord(number + 1, "line_too_long", f"record {number + 1}: {TOO_LONG}; {_REST}")
    except _TooDeepError:
        problem = f"nested deeper than {MAX_NESTED:,} levels: check the file"
        yield BadRecord(number + 1, "bad_input", f"record {number + 1}: {problem}; {_REST}")
    except (ijson.JSONError, *BROKEN) as exc:
        cut = "the file ends inside it" if "premature" in str(exc) else _first_line(exc)
        detail = f"record {number + 1}: not JSON: {cut}; {_REST}"
        yield BadRecord(number + 1, "bad_input", detail)


def _array_items(stream: _Limited) -> Iterator[Any]:
    """Yield the items of the array that is the file."""
    yield from ijson.items(stream, "item", use_float=True, buf_size=_PIECE_BYTES)


def _list_items(stream: _Limited) -> Iterator[Any]:
    """Yield the objects in all lists of the object that is the file."""
    depth, key, builder = 0, "", None
    for _, event, value in ijson.parse(stream, use_float=True, buf_size=_PIECE_BYTES):
        if event == "map_key" and depth == 1:
            key = value
        if event == "start_map" and depth == 2 and builder is None:
            builder = ijson.ObjectBuilder()
        if builder is not None:
            builder.event(event, value)
        depth += event.startswith("start_") - event.startswith("end_")
        if builder is not None and depth == 2:
            yield _with_publisher(key, builder.value)
            builder = None


_REST = "what follows it in the file is not read"


def _first_line(exc: Exception) -> str:
    return str(exc).strip().partition("\n")[0]


class _TooLongError(Exception):
    """A record is larger than the limit."""


class _TooDeepError(Exception):
    """A record opens more arrays and objects than it closes, beyond the limit."""


class _Limited:
    """A stream that is read up to the limits of one record since the last restart.

    Brackets in texts count as nesting too, but a record has far fewer than the limit of them
    without a partner. `read` raises `_TooLongError` or `_TooDeepError`.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._read, self._total, self._open = stream, 0, 0, 0
        self._rest = b""

    def restart(self) -> None:
        """Count from here."""
        self._read = self._open = 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        piece = self._rest or self._stream.read(size)
        self._rest = b""
        if len(piece) > MAX_NESTED < self._open + _opened(piece):
            # In small pieces, so that the records before the nesting are read.
            piece, self._rest = piece[:MAX_NESTED], piece[MAX_NESTED:]
        if not self._total:
            piece = piece.removeprefix(b"\xef\xbb\xbf")  # ijson takes no byte order mark
        self._total += len(piece)
        self._read += len(piece)
        if self._read > MAX_RECORD_BYTES:
            raise _TooLongError
        self._open += _opened(piece)
        if self._open > MAX_NESTED:
            raise _TooDeepError
        return piece


def _opened(piece: bytes) -> int:
    """Return how many arrays and objects are opened and not closed."""
    return sum(map(piece.count, b"[{")) - sum(map(piece.count, b"]}"))
