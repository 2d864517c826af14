"""The single parse of a page, shared by everything that reads it.

Defects that make libxml2 silently lose a page are repaired first: references to
characters that XML forbids (one is enough to make an extractor give up), tags nested
deeper than its limit of 256, and pages that are too large.
"""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml.etree import ParserError, _Element
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from transforms.charsets import decode

MAX_BYTES = 5_000_000  # extraction is mildly superlinear: 5 s at 5 MB, a minute at 50 MB
MAX_ELEMENTS = 30_000  # news pages have 1,000 to 10,000; 10^6 of them took a minute
MAX_CHARS = 3_000_000
MAX_ATTRIBUTES = 1000
MAX_META_CHARS = 10_000  # of the content of a `<meta>` tag; feeds have the same limit for summaries
MAX_DEPTH = 200  # libxml2 stops at 256 and drops the rest

_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,9}));?")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# The same in UTF-8, which has no surrogates: looked for in a tenth of the time.
_FORBIDDEN_BYTES = bytes((*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F))
_FORBIDDEN_C1 = re.compile(b"\xc2[\x80-\x84\x86-\x9f]")
_SPECIALS = b"\xef\xbf"  # the last block of the plane ends with two that are no characters
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_LONG_TAG_CHARS = 4000
_LONG_TAG = re.compile(rf"<([a-zA-Z][a-zA-Z0-9:-]{{0,40}})(\s[^<>]{{{_LONG_TAG_CHARS},}})>")
_QUOTED_VALUE = re.compile("\"[^\"]*\"|'[^']*'")
_ATTRIBUTE = re.compile(r"\s[a-zA-Z][\w:.-]*")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)[^<>]*>")
_CONTROL = bytes((*range(9), *range(14, 27)))
_VOID = frozenset(
    (
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
        "track", "wbr",
    )
)  # fmt: skip

_MAGIC = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a RIFF file (WebP, sound or video)"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "gzip data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ", "xz data"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"OggS", "an Ogg file"),
    (b"ID3", "an MP3 file"),
    (b"\xd0\xcf\x11\xe0", "an Office document"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
)


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page.

    Attributes:
        tree: The `<html>` element. Metadata is read from it before parts are cut out.
        body: The `<body>` element in it.
        charset: Charset that the bytes were decoded from, None for decoded input.
        meta: Contents of the `<meta>` tags by lower-case name, property or itemprop, in page
            order.
        is_huge: Whether it is too long or has too many elements for extractors and date searches.
        kept: All elements. lxml makes a Python object for each element that is looked at, again
            and again unless one is kept; that took a tenth of the time of cleaning.
        flags: Repairs that were made: `charset_guessed`, `nesting_flattened`, `truncated_input`.
    """

    tree: HtmlElement
    body: HtmlElement
    charset: str | None
    meta: Mapping[str, tuple[str, ...]]
    is_huge: bool
    kept: Sequence[_Element]
    flags: tuple[str, ...]

    def first(self, *names: str) -> str | None:
        """Return the first non-empty content of the named `<meta>` tags."""
        for name in names:
            for content in self.meta.get(name, ()):
                return content
        return None


def find_binary(content: bytes | str) -> str | None:
    """Return the binary format that the first bytes show, None if `content` may be text.

    >>> find_binary(b"%PDF-1.7 ...")
    'a PDF document'
    >>> find_binary("<!DOCTYPE html><title>Ferry strike ends</title>")
    """
    head = content[:1024]
    if isinstance(head, str):
        head = head.encode("latin-1", "replace")
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    lead = head.lstrip()[:1]
    is_marked_up = lead in (b"<", b"\xef", b"\xff", b"\xfe") or b"<\x00" in head or b"\x00<" in head
    if is_marked_up:
        return None
    control = len(head) - len(head.translate(None, _CONTROL))
    if control > 0.1 * len(head) > 0:
        return "binary data"
    return None


def parse_page(content: bytes | str, charset: str | None = None) -> Page | None:
    """Return the parsed page, None if it has no body.

    Args:
        content: The page as received or decoded.
        charset: Charset that the transport declared.
    """
    flags = set()
    if len(content) > MAX_BYTES:
        content = cut_at_tag(content, MAX_BYTES)
        flags.add("truncated_input")
    decoded = decode(content, charset)
    if decoded.is_guessed:
        flags.add("charset_guessed")
    text, markup = _repaired(decoded.text)
    tree, is_too_deep = _parse(markup)
    if is_too_deep:
        tree, _ = _parse(flatten(text).encode("utf-8"))
        flags.add("nesting_flattened")
    body = tree.find("body") if tree is not None else None
    if tree is None or body is None:
        return None
    _place_streamed(tree)
    kept = tuple(itertools.islice(tree.iter(), MAX_ELEMENTS + 1))
    is_huge = len(text) > MAX_CHARS or len(kept) > MAX_ELEMENTS
    kept = () if is_huge else kept
    return Page(tree, body, decoded.charset, _read_meta(tree), is_huge, kept, tuple(sorted(flags)))


def _repaired(text: str) -> tuple[str, bytes]:
    """Return a page that parsers can read, as text and in UTF-8.

    Most pages have none of the defects. That is found out on the bytes, which the parser needs
    anyway.
    """
    text = _REFERENCE.sub(_repair_reference, text)
    try:
        markup = text.encode("utf-8")
    except UnicodeEncodeError:  # a surrogate
        markup = b"\x00"
    if _has_forbidden(markup, is_ascii=text.isascii()):
        text = _FORBIDDEN.sub("", text)
        markup = text.encode("utf-8")
    if _may_have_many_attributes(markup):
        text = shorten_tags(text)
        markup = text.encode("utf-8")
    return text, markup


def _has_forbidden(markup: bytes, *, is_ascii: bool) -> bool:
    """Return whether a text in UTF-8 has characters that XML forbids."""
    if len(markup.translate(None, _FORBIDDEN_BYTES)) < len(markup):
        return True
    return not is_ascii and (
        _FORBIDDEN_C1.search(markup) is not None
        or (_SPECIALS in markup and any(character in markup for character in _NO_CHARACTERS))
    )


def _may_have_many_attributes(markup: bytes) -> bool:
    """Return whether a text in UTF-8 has a long tag of as many words as it may have attributes."""
    return any(
        len(piece) > _LONG_TAG_CHARS
        and (end := piece.find(b">")) > _LONG_TAG_CHARS
        and len(piece[:end].decode().split()) > MAX_ATTRIBUTES
        for piece in markup.split(b"<")
    )


def _parse(markup: bytes) -> tuple[HtmlElement | None, bool]:
    parser = HTMLParser(
        collect_ids=False,
        default_doctype=False,
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
    )
    try:
        tree = document_fromstring(markup, parser=parser)
    except ParserError:  # "Document is empty"
        return None, False
    is_too_deep = any("Excessive depth" in entry.message for entry in parser.error_log)
    return tree, is_too_deep


def _place_streamed(tree: HtmlElement) -> None:
    """Move the parts that a server sends late to where the page shows them.

    A page of React arrives with `<template id="B:1">` in the place of a slow part, and the
    part follows as `<div hidden id="S:1">`. A script puts it into its place.
    """
    places = {name: slot for slot in tree.iter("template") if (name := slot.get("id"))}
    if not places:
        return
    for part in list(tree.iter("div")):
        name = part.get("id") or ""
        if "hidden" not in part.attrib or not name.startswith("S:"):
            continue
        del part.attrib["hidden"]
        slot = places.get(f"B:{name[2:]}", places.get(f"P:{name[2:]}"))
        if slot is not None and part not in slot.iterancestors():
            slot.addprevious(part)


def cut_at_tag(content: bytes | str, limit: int) -> bytes | str:
    """Return the start of `content`, at most `limit` long, ending before a tag.

    >>> cut_at_tag("<p>Rail talks</p><p>resumed</p>", 20)
    '<p>Rail talks</p>'
    """
    end = (
        content.rfind("<", 0, limit) if isinstance(content, str) else content.rfind(b"<", 0, limit)
    )
    return content[: end if end > limit // 2 else limit]


def repair_characters(text: str) -> str:
    """Return `text` without characters that XML forbids, raw or as references.

    References to the C1 range are read as windows-1252, as browsers do.

    >>> repair_characters("Smoke&#1; over the port&#x2019;s &#150; pier")
    'Smoke over the port&#x2019;s – pier'
    """
    return _FORBIDDEN.sub("", _REFERENCE.sub(_repair_reference, text))


def shorten_tags(text: str) -> str:
    """Return a page in which tags with more than `MAX_ATTRIBUTES` attributes have none.

    Parsers check attributes for duplicates in quadratic time: 10^5 took a minute.
    """
    return _LONG_TAG.sub(_shorten_tag, text)


def _shorten_tag(match: re.Match[str]) -> str:
    names = _QUOTED_VALUE.sub("", match[2])
    return f"<{match[1]}>" if len(_ATTRIBUTE.findall(names)) > MAX_ATTRIBUTES else match[0]


def _repair_reference(match: re.Match[str]) -> str:
    number = int(match[1], 16) if match[1] else int(match[2])
    if 0x80 <= number <= 0x9F:
        return html.unescape(match[0])
    is_forbidden = (
        (number < 0x20 and number not in {9, 10, 13})
        or number == 0x7F
        or 0xD800 <= number <= 0xDFFF
        or number in {0xFFFE, 0xFFFF}
        or number > 0x10FFFF
    )
    return "" if is_forbidden else match[0]


def flatten(text: str) -> str:
    """Return a page without tags nested deeper than `MAX_DEPTH`; their text is kept.

    >>> page = "<div>" * 400 + "The dam held." + "</div>" * 400
    >>> flatten(page).count("<div>")
    200
    """
    pieces: list[str] = []
    depth = position = 0
    for match in _TAG.finditer(text):
        if match[2].lower() in _VOID or match[0].endswith("/>"):
            continue
        depth += -1 if match[1] else 1
        if depth + bool(match[1]) > MAX_DEPTH:
            pieces.append(text[position : match.start()])
            position = match.end()
        depth = max(depth, 0)
    pieces.append(text[position:])
    return "".join(pieces)


def _read_meta(tree: HtmlElement) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = squeeze((element.get("content") or "")[:MAX_META_CHARS])
        if not content:
            continue
        for key in ("name", "property", "itemprop", "http-equiv"):
            for name in (element.get(key) or "").lower().split():
                found.setdefault(name, []).append(content)
    return {name: tuple(contents) for name, contents in found.items()}


def squeeze(text: str) -> str:
    """Return `text` with each run of white space as one space, and none at either end."""
    return " ".join(text.split())
