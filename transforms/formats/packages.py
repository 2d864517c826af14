"""Zip files that may be hostile: few members, few bytes, and no XML entities."""

from __future__ import annotations

import zipfile
import zlib
from typing import BinaryIO, Final

from lxml import etree

from transforms.formats.reading import UnreadableFileError

MAX_MEMBERS: Final = 5_000
MAX_MEMBER_BYTES: Final = 10_000_000  # unpacked; twice a novel in one file
MAX_TEXT_BYTES: Final = 20_000_000  # of all members that are read
_MAX_LIST_BYTES: Final = 2_000_000  # of the list of members, which is read into memory
_TAIL_BYTES: Final = 66_000  # the record at the end and the longest comment after it
_END: Final = b"PK\x05\x06"
_ENCRYPTED: Final = 0x1
_READ_ERRORS: Final = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError,
    RuntimeError,  # zipfile raises it for a member with a password
)  # fmt: skip


def open_package(stream: BinaryIO) -> zipfile.ZipFile:
    """Return a zip file whose list of members is of a sane size.

    Raises:
        UnreadableFileError: It is damaged, encrypted or has too many members.
    """
    stream.seek(0, 2)
    stream.seek(max(0, stream.tell() - _TAIL_BYTES))
    tail = stream.read()
    end = tail[tail.rfind(_END) :] if _END in tail else b""
    if int.from_bytes(end[12:16], "little") > _MAX_LIST_BYTES:
        raise UnreadableFileError("too_large", "lists too many members: it is no document")
    try:
        package = zipfile.ZipFile(stream)
    except _READ_ERRORS as exc:
        raise _damaged(exc) from exc
    if len(package.infolist()) > MAX_MEMBERS:
        detail = f"has more than {MAX_MEMBERS:,} members: it is no document"
        raise UnreadableFileError("too_large", detail)
    if any(member.flag_bits & _ENCRYPTED for member in package.infolist()):
        raise UnreadableFileError("encrypted", "has a password: save it without one")
    return package


def read_member(package: zipfile.ZipFile, name: str) -> bytes:
    """Return the bytes of a member, unpacked.

    Raises:
        UnreadableFileError: It is missing or damaged, or larger than the limit.
    """
    try:
        with package.open(name) as stream:
            content = stream.read(MAX_MEMBER_BYTES + 1)
    except (KeyError, *_READ_ERRORS) as exc:
        raise _damaged(exc) from exc
    if len(content) > MAX_MEMBER_BYTES:
        limit = f"{MAX_MEMBER_BYTES // 1_000_000} MB"
        detail = f"its member {name} is larger than {limit} when it is unpacked"
        raise UnreadableFileError("too_large", detail)
    return content


def parse_xml(content: bytes, name: str) -> etree._Element:
    """Return the root of an XML member; nothing outside it is read.

    Raises:
        UnreadableFileError: It is not XML or declares entities.
    """
    refuse_entities(content, name)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as exc:
        raise _damaged(exc) from exc


def refuse_entities(content: bytes, name: str) -> None:
    """Raise UnreadableFileError if XML declares entities, which may unpack without limit."""
    if b"<!ENTITY" in content.replace(b"\x00", b""):  # also in UTF-16
        raise UnreadableFileError("damaged", f"its member {name} declares XML entities")


def _damaged(exc: Exception) -> UnreadableFileError:
    return UnreadableFileError("damaged", f"cannot be opened: {exc}: save it again")
