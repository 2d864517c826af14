"""The prose of an EPUB file: its pages in the order of its spine.

The metadata of an EPUB is what its publisher states: title, creators, date, language. A
date without a day is not used.
"""

from __future__ import annotations

import io
import posixpath
from collections.abc import Iterator
from datetime import date
from typing import Final
from urllib.parse import unquote
from zipfile import ZipFile

from lxml import etree

from transforms.formats.markup import HEADINGS, read_blocks
from transforms.formats.packages import MAX_TEXT_BYTES, open_package, parse_xml, read_member
from transforms.formats.reading import Reading, UnreadableFileError

_VERSION: Final = "1"
_CONTAINER: Final = "META-INF/container.xml"
_NAMES: Final = {
    "c": "urn:oasis:names:tc:opendocument:xmlns:container",
    "o": "http://www.idpf.org/2007/opf",
    "dc": "http://purl.org/dc/elements/1.1/",
}
_EVENT: Final = f"{{{_NAMES['o']}}}event"
_ROLE: Final = f"{{{_NAMES['o']}}}role"
_PAGES: Final = frozenset({"application/xhtml+xml", "text/html"})
_NO_PROSE: Final = (b"titlepage", b'"cover"', b'"toc"', b"copyright-page", b"landmarks")
_HEAD_BYTES: Final = 4_000
_FIRST_YEAR: Final = 1800


def read_epub(content: bytes) -> Reading:
    """Return the prose of an EPUB file and what it states about it.

    Raises:
        UnreadableFileError: It is damaged, encrypted, too large when unpacked, or without
            text.
    """
    package = open_package(io.BytesIO(content))
    if "META-INF/rights.xml" in package.namelist():
        raise UnreadableFileError("encrypted", "is protected (DRM): save it without protection")
    path = _package_path(package)
    opf = parse_xml(read_member(package, path), path)
    blocks = [block for page in _pages(package, opf, path) for block in read_blocks(page)]
    if not blocks:
        raise UnreadableFileError("scanned", "has no text: it may consist of pictures")
    title = _text(opf, "title")
    # The title of the metadata is the headline unless the first heading says otherwise.
    headline = next((text for name, text in blocks[:3] if name in HEADINGS), None) or title
    return Reading(
        paragraphs=tuple(text for _, text in blocks),
        title=headline,
        authors=tuple(_authors(opf)),
        published_on=_published_on(opf),
        language=_text(opf, "language"),
        publisher=_text(opf, "publisher"),
        reader=f"epub.{_VERSION}",
    )


def _package_path(package: ZipFile) -> str:
    container = parse_xml(read_member(package, _CONTAINER), _CONTAINER)
    found = container.find(".//c:rootfile", _NAMES)
    path = found.get("full-path") if found is not None else None
    if not path:
        raise UnreadableFileError("damaged", "names no list of its pages: save it again")
    return str(path)


def _pages(package: ZipFile, opf: etree._Element, path: str) -> Iterator[bytes]:
    """Yield the pages in the order of the spine, without covers and tables of contents."""
    items = {item.get("id"): item for item in opf.iterfind("o:manifest/o:item", _NAMES)}
    folder, size = posixpath.dirname(path), 0
    for reference in opf.iterfind("o:spine/o:itemref", _NAMES):
        item = items.get(reference.get("idref"))
        if item is None or reference.get("linear") == "no" or item.get("media-type") not in _PAGES:
            continue
        if "nav" in (item.get("properties") or "").split():
            continue
        name = posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))
        page = read_member(package, name)
        size += len(page)
        if size > MAX_TEXT_BYTES:
            limit = f"{MAX_TEXT_BYTES // 1_000_000} MB"
            raise UnreadableFileError("too_large", f"has more than {limit} of text")
        if not any(mark in page[:_HEAD_BYTES] for mark in _NO_PROSE):
            yield page


def _text(opf: etree._Element, name: str) -> str | None:
    found = opf.find(f"o:metadata//dc:{name}", _NAMES)
    text = " ".join("".join(found.itertext()).split()) if found is not None else ""
    return text or None


def _authors(opf: etree._Element) -> Iterator[str]:
    for creator in opf.iterfind("o:metadata//dc:creator", _NAMES):
        name = " ".join("".join(creator.itertext()).split())
        if name and creator.get(_ROLE, "aut") == "aut":
            yield name


def _published_on(opf: etree._Element) -> date | None:
    """Return the day of publication; days of creation and of changes are others."""
    for stated in opf.iterfind("o:metadata//dc:date", _NAMES):
        if stated.get(_EVENT, "publication") != "publication":
            continue
        try:
            day = date.fromisoformat((stated.text or "").strip()[: len("2024-03-05")])
        except ValueError:
            continue
        if day.year >= _FIRST_YEAR:
            return day
    return None
