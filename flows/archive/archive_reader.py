"""Reading WARC files, whatever has happened to them.

A file is read record by record in bounded memory. Damage is told, not raised: what is
cut, swallowed by a wrong length, garbage or too large comes out as an `ArchiveError`
with its offset, and reading goes on at the next record that can be found.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from flows.archive.warc import HEAD_LIMIT_BYTES, RecordError, WarcRecord, check_digest, read_head
from flows.archive.warc_source import (
    GZIP_MAGIC,
    HEAD_END,
    RECORD_START,
    Member,
    Source,
    find_member,
)
from flows.errors import ArchiveError

MAX_RECORD_BYTES = 64 * 1024 * 1024


def read_archive(
    path: Path, *, max_record_bytes: int = MAX_RECORD_BYTES
) -> Iterator[WarcRecord | ArchiveError]:
    """Yield the records of a file, gzipped or plain, and its damages, in file order.

    Args:
        path: The file.
        max_record_bytes: A larger record is passed over and told.

    Raises:
        OSError: The file cannot be opened or read.
    """
    with path.open("rb") as file:
        if not _is_gzip(file, 0) and find_member(file, 0) is None:
            yield from _read_records(path.name, Source(file), max_record_bytes)
            return
        offset: int | None = 0
        while offset is not None:
            if not _is_gzip(file, offset):
                following = find_member(file, offset)
                end = file.seek(0, 2) if following is None else following
                if end > offset:
                    detail = f"{end - offset} bytes are no record"
                    yield ArchiveError(path.name, offset, "garbage", detail)
                offset = following
                continue
            member = Member(file, offset)
            yield from _read_records(path.name, member, max_record_bytes)
            offset = member.next_member_at
            if offset is None:
                offset = find_member(file, member.search_from)


def read_record(path: Path, offset: int, *, max_record_bytes: int = MAX_RECORD_BYTES) -> WarcRecord:
    """Return the record at `offset`.

    Raises:
        ArchiveError: There is no whole record.
        OSError: The file cannot be opened or read.
    """
    with path.open("rb") as file:
        source = Member(file, offset) if _is_gzip(file, offset) else Source(file, offset)
        for record in _read_records(path.name, source, max_record_bytes):
            if isinstance(record, ArchiveError):
                raise record
            return record
    raise ArchiveError(path.name, offset, "garbage", "no record begins here")


def _is_gzip(file: IO[bytes], offset: int) -> bool:
    file.seek(offset)
    return file.read(len(GZIP_MAGIC)) == GZIP_MAGIC


def _read_records(name: str, source: Source, limit: int) -> Iterator[WarcRecord | ArchiveError]:
    is_first = True
    while True:
        at = source.offset
        try:
            if not source.skip_blank_lines():
                if source.problem or source.is_torn:
                    detail = source.problem or "nothing can be inflated"
                    yield ArchiveError(
                        name, at, "truncated" if source.is_torn else "garbage", detail
                    )
                return
            at = source.offset
            fields = _read_fields(source)
            length = int(fields["content-length"])
            if length > limit:
                detail = f"{length} bytes, limit {limit}"
                yield ArchiveError(name, at, "record_too_large", detail)
                if not source.skip(length):
                    return
                continue
            block = _read_block(source, length)
        except RecordError as exc:
            yield ArchiveError(name, at, exc.code, exc.detail)
            if not source.skip_to_record():
                return
            continue
        try:
            check_digest(fields, block)
        except RecordError as exc:
            yield ArchiveError(name, at, exc.code, exc.detail)
        else:
            yield WarcRecord(name, at, fields, block, is_first or not source.is_gzip)
        is_first = False


def _read_fields(source: Source) -> dict[str, str]:
    end = source.find(HEAD_END, HEAD_LIMIT_BYTES)
    if end < 0:
        if source.problem:
            raise RecordError("bad_record", f"gzip: {source.problem}")
        is_record = source.held.startswith(RECORD_START)
        code = "truncated" if is_record and source.is_at_end else "garbage"
        raise RecordError(code, f"{len(source.held)} bytes without the end of a head")
    fields = read_head(bytes(source.held[:end]))
    source.take(end + len(HEAD_END))
    return fields


def _read_block(source: Source, length: int) -> bytes:
    """Return the block and drop it; on RecordError it stays, to be searched for a record."""
    is_whole = source.fill(length)
    # One byte more than the record has: a member must be read to its end to be sound.
    source.fill(length + len(HEAD_END) + 1)
    if source.problem:
        raise RecordError("bad_record", f"gzip: {source.problem}")
    if source.is_torn:
        raise RecordError("truncated", f"{len(source.held)} of {length} bytes, then nothing")
    after = bytes(source.held[length : length + len(HEAD_END)])
    if not is_whole:
        is_swallowed = source.is_gzip or HEAD_END + RECORD_START in source.held
        code = "wrong_length" if is_swallowed else "truncated"
        raise RecordError(code, f"{len(source.held)} of {length} bytes")
    if after not in {HEAD_END, b""} and not after.startswith(b"WARC"):
        raise RecordError("wrong_length", f"{length} bytes do not end where the record does")
    return source.take(length)
