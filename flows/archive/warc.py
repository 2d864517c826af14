"""The WARC 1.1 format: one record to bytes, and the start of bytes to one record.

Method: ISO 28500:2017. Neither warcio nor FastWARC is used to read, since both pass
over a cut record, a wrong length and garbage in silence; FastWARC reads what is written
here in the tests.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

VERSION_LINE: Final = b"WARC/1.1"
HEAD_LIMIT_BYTES: Final = 1 << 17
_END: Final = b"\r\n\r\n"
_DIGESTS: Final = frozenset({"md5", "sha1", "sha256", "sha512"})


class RecordError(Exception):
    """Bytes are no whole record; `code` is one of those of `flows.errors.ArchiveError`."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """One record as it stands in a file.

    Attributes:
        warc_file: Name of the file.
        offset: Byte at which its gzip member, or in a plain file its head, begins.
        fields: Named fields, names in lower case.
        block: What follows the head.
        is_addressable: Whether `offset` leads to this record alone; false for the later
            records of a file that was compressed as a whole.
    """

    warc_file: str
    offset: int
    fields: Mapping[str, str]
    block: bytes = field(repr=False)
    is_addressable: bool = True

    @property
    def type(self) -> str:
        """`response`, `resource`, `revisit`, `warcinfo`, `request`, `metadata`, ..."""
        return self.fields.get("warc-type", "")

    @property
    def target_url(self) -> str | None:
        """The address it is about; None for records about the file."""
        return self.fields.get("warc-target-uri", "").strip("<>") or None

    @property
    def captured_at(self) -> datetime | None:
        """When it was captured, UTC; None where the field is missing or unreadable."""
        try:
            instant = datetime.fromisoformat(self.fields.get("warc-date", ""))
        except ValueError:
            return None
        return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def pack_record(fields: Mapping[str, str], block: bytes) -> bytes:
    """Return a record as one gzip member; length and block digest are added here.

    Raises:
        ValueError: The fields are larger than any reader would take.
    """
    lines = [f"{name}: {_one_line(value)}" for name, value in fields.items()]
    lines += [f"WARC-Block-Digest: {digest_of(block)}", f"Content-Length: {len(block)}"]
    head = VERSION_LINE + b"\r\n" + "\r\n".join(lines).encode("utf-8", "replace")
    if len(head) >= HEAD_LIMIT_BYTES:
        raise ValueError(f"got {len(head)} bytes of fields, expected less than {HEAD_LIMIT_BYTES}")
    record = head + _END + block + _END
    # A window no larger than the record: setting up the full one costs more than packing
    # a short record does (33 of 43 microseconds).
    window = min(max(len(record).bit_length(), 9), zlib.MAX_WBITS)
    packer = zlib.compressobj(6, zlib.DEFLATED, 16 + window)
    return packer.compress(record) + packer.flush()


def digest_of(data: bytes) -> str:
    """Return a labelled digest as WARC files carry it.

    >>> digest_of(b"")
    'sha256:4OYMIQUY7QOBJGX36TEJS35ZEQT24QPEMSNZGTFESWMRW6CSXBKQ===='
    """
    return label_digest(hashlib.sha256(data).hexdigest())


def label_digest(sha256: str) -> str:
    """Return a hexadecimal SHA-256 in the form of `digest_of`."""
    return "sha256:" + base64.b32encode(bytes.fromhex(sha256)).decode("ascii")


def stamp(instant: datetime) -> str:
    """Return an instant as a WARC date, in microseconds where it has them."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_head(head: bytes) -> dict[str, str]:
    """Return the named fields of a record's head, names in lower case.

    Args:
        head: From `WARC/` to before the blank line; a folded line goes on with a blank.

    Raises:
        RecordError: It is no head, or its length is no number.
    """
    lines = [line.rstrip("\r") for line in head.decode("utf-8", "replace").split("\n")]
    if not lines[0].startswith("WARC/"):
        raise RecordError("garbage", f"got {head[:20]!r}, expected a record")
    fields: dict[str, str] = {}
    name = ""
    for line in lines[1:]:
        if line[:1] in {" ", "\t"} and name:
            fields[name] += " " + line.strip()
            continue
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        if colon and name not in fields:
            fields[name] = value.strip()
    length = fields.get("content-length", "")
    if not (length.isascii() and length.isdigit() and len(length) < 19):
        raise RecordError("bad_record", f"Content-Length is {length[:40]!r}")
    return fields


def check_digest(fields: Mapping[str, str], block: bytes) -> None:
    """Raise RecordError where the block is not the one that its digest was taken of."""
    label, _, stated = fields.get("warc-block-digest", "").partition(":")
    name = label.strip().lower().replace("-", "")
    if name not in _DIGESTS or not stated:
        return
    digest = hashlib.new(name, block, usedforsecurity=False)
    stated = stated.strip().rstrip("=").upper()
    found = base64.b32encode(digest.digest()).decode("ascii").rstrip("=")
    if stated not in {found, digest.hexdigest().upper()}:
        raise RecordError("digest_mismatch", f"the block is not the one of {label} {stated}")


def _one_line(value: str) -> str:
    return " ".join(value.split("\r")).replace("\n", " ").strip()
