"""The WARC 1.1 format: packing records and parsing their heads.

The standard is ISO 28500:2017. We read records ourselves, because warcio and FastWARC
silently skip cut records, wrong lengths and garbage. The tests read our files with
FastWARC.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from transforms.errors import OnrecordError

WARC_ENDINGS: Final = (".warc", ".warc.gz")
VERSION_LINE: Final = b"WARC/1.1"
HEAD_LIMIT_BYTES: Final = 1 << 17
_END: Final = b"\r\n\r\n"
_LEVEL: Final = 4  # a third less time than with 6, the usual level, and news pages take 4 % more
_DIGESTS: Final = frozenset({"md5", "sha1", "sha256", "sha512"})


class RecordError(OnrecordError):
    """Bytes are not a valid record; `code` is as in `flows.errors.ArchiveError`."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """One record of a WARC file.

    Attributes:
        warc_file: File name without the folder.
        offset: Byte offset of its gzip member, or of its head in an uncompressed file.
        fields: The fields of the head, with names in lower case.
        block: The bytes after the head.
        inner: Bytes before it in what is inflated at `offset`. 0 for all but the later
            records of a file that was compressed as a whole.
    """

    warc_file: str
    offset: int
    fields: Mapping[str, str]
    block: bytes = field(repr=False)
    inner: int = 0

    @property
    def is_addressable(self) -> bool:
        """Whether the record can be read from `offset` alone."""
        return not self.inner

    @property
    def type(self) -> str:
        """The record type: `response`, `resource`, `revisit`, `metadata`, ..."""
        return self.fields.get("warc-type", "").lower()

    @property
    def target_url(self) -> str | None:
        """The URL of the content; None for records about the file itself."""
        return self.fields.get("warc-target-uri", "").strip("<>") or None

    @property
    def captured_at(self) -> datetime | None:
        """When it was captured, UTC; None if the field is missing or invalid."""
        try:
            instant = datetime.fromisoformat(self.fields.get("warc-date", ""))
        except ValueError:
            return None
        return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def pack_record(
    fields: Mapping[str, str], block: bytes, *, block_sha256: str | None = None
) -> bytes:
    """Return a record as one gzip member, with its length and block digest added.

    Args:
        fields: The other fields of its head.
        block: The bytes after the head.
        block_sha256: Their hexadecimal SHA-256, if it is known.

    Raises:
        ValueError: The fields are larger than readers accept.
    """
    lines = [f"{name}: {_one_line(value)}" for name, value in fields.items()]
    digest = label_digest(block_sha256) if block_sha256 else digest_of(block)
    lines += [f"WARC-Block-Digest: {digest}", f"Content-Length: {len(block)}"]
    head = VERSION_LINE + b"\r\n" + "\r\n".join(lines).encode("utf-8", "replace")
    if len(head) >= HEAD_LIMIT_BYTES:
        raise ValueError(f"got {len(head)} bytes of fields, expected less than {HEAD_LIMIT_BYTES}")
    record = head + _END + block + _END
    # The window is no larger than the record: setting up the full window takes most of the
    # time of packing a short record (33 of 43 microseconds).
    window = min(max(len(record).bit_length(), 9), zlib.MAX_WBITS)
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, 16 + window)
    return packer.compress(record) + packer.flush()


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of `data` as a labelled digest for a WARC field.

    >>> digest_of(b"")
    'sha256:4OYMIQUY7QOBJGX36TEJS35ZEQT24QPEMSNZGTFESWMRW6CSXBKQ===='
    """
    return label_digest(hashlib.sha256(data).hexdigest())


def label_digest(sha256: str) -> str:
    """Return a hexadecimal SHA-256 as a labelled digest, as `digest_of` does."""
    return "sha256:" + base64.b32encode(bytes.fromhex(sha256)).decode("ascii")


def stamp(instant: datetime) -> str:
    """Return an instant as a WARC date, with microseconds if it has any.

    >>> stamp(datetime(2024, 5, 6, 7, 8, tzinfo=UTC))
    '2024-05-06T07:08:00Z'
    """
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_head(head: bytes) -> dict[str, str]:
    """Return the fields of a record's head, with names in lower case.

    Args:
        head: The bytes from `WARC/` to the blank line. A line that starts with a space or
            tab continues the previous field.

    Raises:
        RecordError: It is not a record's head, or `Content-Length` is not a number.
    """
    lines = [line.rstrip("\r") for line in head.decode("utf-8", "replace").split("\n")]
    if not lines[0].upper().startswith("WARC/"):
        raise RecordError("garbage", f"got {head[:20]!r}, expected a WARC record")
    fields: dict[str, str] = {}
    name = ""
    for line in lines[1:]:
        if line[:1] in {" ", "\t"} and name:
            fields[name] += " " + line.strip()
            continue
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        if not colon or name in fields:
            name = ""  # a line that continues it is ignored too
        else:
            fields[name] = value.strip()
    length = fields.get("content-length", "")
    if not (length.isascii() and length.isdigit() and len(length) < 19):
        raise RecordError("bad_record", f"Content-Length is {length[:40]!r}, expected a number")
    return fields


def check_digest(fields: Mapping[str, str], block: bytes) -> None:
    """Raise RecordError if the block does not match its digest.

    Wget gives revisits the digest of an empty block, which says nothing.
    """
    label, _, stated = fields.get("warc-block-digest", "").partition(":")
    name = label.strip().lower().replace("-", "")
    if name not in _DIGESTS or not stated:
        return
    stated = stated.strip().rstrip("=").upper()
    is_revisit = fields.get("warc-type", "").lower() == "revisit"
    if _matches(name, stated, block) or (is_revisit and _matches(name, stated, b"")):
        return
    raise RecordError("digest_mismatch", f"the block does not match {label} {stated}")


def _matches(name: str, stated: str, block: bytes) -> bool:
    digest = hashlib.new(name, block, usedforsecurity=False)
    found = base64.b32encode(digest.digest()).decode("ascii").rstrip("=")
    return stated in {found, digest.hexdigest().upper()}


def _one_line(value: str) -> str:
    return " ".join(value.split("\r")).replace("\n", " ").strip()
