"""Heads of records: where they begin and end, and what their fields are.

A WARC head has a version line and fields, up to a blank line. An ARC head is one line: the
URL, the address of the server, the date, the media type, in version 2 five more values, and
the length. A record in an ARC file gets the fields that it would have in a WARC file, so
nothing else needs to know the format.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from datetime import UTC, datetime
from typing import Final

from flows.archive.warc import HEAD_LIMIT_BYTES, RecordError, read_head

BLANK_LINE: Final = b"\r\n\r\n"
_WARC_MARKS: Final = (b"WARC/", b"warc/")
_WARC_LINE = re.compile(rb"WARC/\d\.\d+[ \t]*\r?\n", re.IGNORECASE)
# The first line and a name. Ignoring the case would make the search ten times slower.
_WARC_STARTS = tuple(
    re.compile(mark + rb"\d\.\d{1,3}[ \t]{0,4}\r?\n[\w-]{1,40}:") for mark in _WARC_MARKS
)
# Another head inside of a head, after a crash.
_SECOND_HEAD = re.compile(rb"(/?)WARC/\d\.\d+\r?\n([^:\r\n]*:)", re.IGNORECASE)
# URLs and media types of ARC files may contain spaces.
_ARC_LINE = re.compile(
    rb"([a-z][a-z0-9+.-]{1,15}:[^\r\n]*?) ([0-9a-f.:]{1,45}|-) (\d{12}|\d{14}) (?:([^\r\n]*) )?(\d{1,18})\r?\n",
    re.IGNORECASE,
)
_ARC_URL = re.compile(rb"(?:https?|dns|ftp|filedesc|gopher|whois):")
_ARC_MIDDLE = re.compile(rb" [0-9a-fA-F.:-]{1,45} (?:\d{14}|\d{12}) ")
_ARC_LIMIT: Final = 1 << 14  # bytes of a line
_ARC_BEGINS: Final = (b"htt", b"dns", b"ftp", b"fil", b"gop", b"who")
# The same in an ARC file. A URL may contain another one, but after a mark such as / or =.
_SECOND_URL = re.compile(rb"[a-z0-9. ](?:https?|ftp)://", re.IGNORECASE)
_SECOND_LINE = re.compile(rb"(?:https?|ftp|dns):\S* \S+ (?:\d{12}|\d{14}) ", re.IGNORECASE)


class Heads(ABC):
    """How the heads of records look in one archive format.

    Attributes:
        mark_bytes: Bytes that `find` needs to recognise a head.
    """

    mark_bytes: int

    @abstractmethod
    def begins(self, held: bytes | bytearray) -> bool:
        """Whether these bytes begin like a head."""

    @abstractmethod
    def find(self, held: bytearray, start: int) -> int:
        """Return where the next head may begin, at `start` or later; -1 for nowhere."""

    @abstractmethod
    def measure(self, held: bytearray, at: int = 0) -> int:
        """Return where the head that begins at `at` ends; -1 if its end is not held."""

    @abstractmethod
    def read(self, head: bytes) -> dict[str, str]:
        """Return the fields of a head, with names in lower case; raises RecordError."""

    @abstractmethod
    def ends_block(self, after: bytes) -> bool:
        """Whether a record can end before these bytes, the next of a file."""

    @abstractmethod
    def has_swallowed(self, held: bytearray, length: int, after: bytes) -> bool:
        """Whether a block of `length` that can end there seems to hold another record."""

    def holds_head(self, held: bytearray, length: int) -> bool:
        """Whether the first `length` bytes hold a valid head."""
        at = self.find(held, 0)
        while 0 <= at < length and not self.is_head(held, at):
            at = self.find(held, at + 1)
        return 0 <= at < length

    def is_head(self, held: bytearray, at: int) -> bool:
        """Whether a whole and valid head of a record with content begins at `at`."""
        end = self.measure(held, at)
        if end < 0:
            return False
        try:
            return "warc-type" in self.read(bytes(held[at:end]))
        except RecordError:
            return False


class WarcHeads(Heads):
    """The heads of a WARC file; in hand-made files, lines may end without a return."""

    mark_bytes = 64

    def begins(self, held: bytes | bytearray) -> bool:
        """Whether these bytes begin like a head."""
        return held.startswith(_WARC_MARKS)

    def find(self, held: bytearray, start: int) -> int:
        """Return where the next head may begin; it need not follow a blank line."""
        found = (pattern.search(held, start) for pattern in _WARC_STARTS)
        return min((match.start() for match in found if match), default=-1)

    def measure(self, held: bytearray, at: int = 0) -> int:
        """Return where the blank line after the head ends."""
        end = held.find(BLANK_LINE, at, at + HEAD_LIMIT_BYTES)
        short = held.find(b"\n\n", at, at + HEAD_LIMIT_BYTES if end < 0 else end)
        if short >= 0:
            return short + 2
        return end if end < 0 else end + len(BLANK_LINE)

    def read(self, head: bytes) -> dict[str, str]:
        """Return the fields of a head."""
        if not _WARC_LINE.match(head):
            raise RecordError("garbage", f"got {head[:20]!r}, expected the head of a WARC record")
        if any(head.find(mark, 5) > 0 for mark in _WARC_MARKS) and _holds_another(head):
            raise RecordError("truncated", "the record's head is cut, and another one follows")
        return read_head(head)

    def has_swallowed(self, held: bytearray, length: int, after: bytes) -> bool:
        """Whether the block holds another head, and neither a head nor the end is after it."""
        begin = after.lstrip(b"\r\n")
        if not begin or begin[:5].upper() == _WARC_MARKS[0]:
            return False
        return self.holds_head(held, length)

    def ends_block(self, after: bytes) -> bool:
        """Whether a blank line, a head or nothing follows; a file may end in the blank line.

        Some tools write one line end instead of two.
        """
        blank = after[: len(BLANK_LINE)]
        begin = after.removeprefix(b"\r\n")
        return BLANK_LINE.startswith(blank) or blank[:2] == b"\n\n" or self.begins(begin)


class ArcHeads(Heads):
    """The heads of an ARC file, version 1 or 2."""

    mark_bytes = _ARC_LIMIT

    def begins(self, held: bytes | bytearray) -> bool:
        """Whether these bytes begin with a head."""
        return held.startswith(b"filedesc:") or _ARC_LINE.match(held) is not None

    def find(self, held: bytearray, start: int) -> int:
        """Return where the next URL with an address and a date behind it begins."""
        for middle in _ARC_MIDDLE.finditer(held, start):
            first = max(start, middle.start() - _ARC_LIMIT)
            line = held.rfind(b"\n", first, middle.start()) + 1
            if url := _ARC_URL.search(held, max(first, line), middle.start()):
                return url.start()
        return -1

    def measure(self, held: bytearray, at: int = 0) -> int:
        """Return where the line ends."""
        return held.find(b"\n", at, at + _ARC_LIMIT) + 1 or -1

    def read(self, head: bytes) -> dict[str, str]:
        """Return the fields that the record would have in a WARC file."""
        line = _ARC_LINE.fullmatch(head)
        if line is None:
            raise RecordError("garbage", f"got {head[:40]!r}, expected the head of an ARC record")
        url, _, date, rest, length = line.groups()
        if _SECOND_URL.search(url) or _SECOND_LINE.search(rest or b""):
            raise RecordError("truncated", "the record's head is cut, and another one follows")
        address = url.decode("utf-8", "replace")
        media_type = (rest or b"").decode("latin-1").partition(" ")[0]
        return {
            "warc-type": _arc_type(address),
            "warc-target-uri": address,
            "warc-date": _arc_date(date.decode()),
            "content-type": media_type,
            "content-length": length.decode(),
        }

    def ends_block(self, after: bytes) -> bool:
        """Whether a line end or nothing follows."""
        return after[:1] in {b"\n", b""}

    def has_swallowed(self, held: bytearray, length: int, after: bytes) -> bool:
        """Whether the block holds another head, and none is after it."""
        begin = after.lstrip(b"\n")[:3].lower()
        if any(scheme.startswith(begin) for scheme in _ARC_BEGINS):
            return False
        return self.holds_head(held, length)


WARC: Final = WarcHeads()
ARC: Final = ArcHeads()


def heads_in(begin: bytes | bytearray) -> Heads | None:
    """Return the format of the record that bytes begin with; None if they begin with none."""
    text = bytes(begin).lstrip(b"\r\n")
    return next((heads for heads in (WARC, ARC) if heads.begins(text)), None)


def _holds_another(head: bytes) -> bool:
    """Whether a crash cut a head, and another one follows.

    A URL may end like the first line of a head, but after a slash, and no name is repeated.
    """
    return any(
        not second[1] or b"\n" + second[2].lower() in head[: second.start()].lower()
        for second in _SECOND_HEAD.finditer(head, 5)
    )


def _arc_type(url: str) -> str:
    if url.lower().startswith("filedesc:"):
        return "warcinfo"
    return "response" if url.lower().startswith("http") else "resource"


def _arc_date(digits: str) -> str:
    """Return a date of an ARC file as a WARC date; empty if there is no such date."""
    try:
        instant = datetime.strptime(digits.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return ""
    return instant.isoformat()
