"""Prepares feed bytes for a parser: inflates, decodes and checks them.

All functions work on raw bytes in linear time, before feedparser or lxml sees them.
"""

from __future__ import annotations

import codecs
import re
import zlib
from collections import Counter
from dataclasses import dataclass

from charset_normalizer import from_bytes

from transforms.feeds.feed_records import FeedRefusal

MAX_FEED_BYTES = 16 * 1024 * 1024  # miniflux refuses feeds above 15 MiB
MAX_SITEMAP_BYTES = 64 * 1024 * 1024  # sitemaps.org allows 50 MB
_MAX_EXPANSION_BYTES = 1_000_000  # entities may not expand to more than this
_GUESS_BYTES = 65_536
_MIN_GUESS_OCTETS = 32  # with fewer, a guess is worthless

# Only the charsets still used on the web (the WHATWG's list), since others would match too.
_WEB_CHARSETS = [
    "big5", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257",
    "cp1258", "cp874", "euc_jp", "euc_kr", "gb18030", "koi8_r", "koi8_u", "shift_jis",
]  # fmt: skip
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32le"),
    (codecs.BOM_UTF32_BE, "utf-32be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
_EBCDIC = b"\x4c\x6f\xa7\x94"  # "<?xm"
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_ROOT = re.compile(rb"<([A-Za-z_][\w.-]*(?::[\w.-]+)?)")
_ENTITY = re.compile(rb"""<!ENTITY\s+(%\s+)?([\w.-]+)\s+(?:"([^"]*)"|'([^']*)')""")
_REFERENCE = re.compile(rb"&([\w.-]{1,64});")
_STRAY = re.compile("[\udc80-\udcff]+")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_BUILT_IN = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})


@dataclass(frozen=True, slots=True)
class Charset:
    """The charset of a document; `is_guessed` if it was not declared."""

    name: str
    is_guessed: bool = False


@dataclass(frozen=True, slots=True)
class Markup:
    """An XML or HTML document in UTF-8.

    Attributes:
        root: Local name of the root element in lower case; empty if there is none.
        qualified_root: The name of the root element as written, with its prefix.
        root_at: Byte offset of the root's `<`.
    """

    content: bytes
    root: str = ""
    qualified_root: bytes = b""
    root_at: int = 0


def inflate(content: bytes, limit: int = MAX_SITEMAP_BYTES) -> bytes | FeedRefusal:
    """Return gzipped bytes inflated, at most `limit`; return other bytes unchanged."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    pieces: list[bytes] = []
    size = 0
    while content.startswith(b"\x1f\x8b"):
        unzip = zlib.decompressobj(wbits=31)
        try:
            piece = unzip.decompress(content, limit - size + 1)
        except zlib.error as exc:
            return FeedRefusal(reason="truncated_body", detail=f"gzip data is damaged: {exc}")
        size += len(piece)
        if size > limit:
            return FeedRefusal(reason="too_large", detail=f"inflates to more than {limit:,} bytes")
        if not unzip.eof:
            return FeedRefusal(reason="truncated_body", detail="gzip data is cut off")
        pieces.append(piece)
        content = unzip.unused_data
    return b"".join(pieces)


def find_charset(content: bytes, content_type: str | None) -> Charset:
    """Return the charset of a document.

    The order is: byte order mark, valid UTF-8, HTTP header, XML declaration, guess. Valid
    UTF-8 beyond ASCII counts as UTF-8 even if the header differs, because servers add a
    default charset and no other charset produces valid UTF-8 by accident.
    """
    for mark, name in _BOMS:
        if content.startswith(mark):
            return Charset(name)
    wide = _wide_charset(content[:64])
    if wide:
        return Charset(wide)
    header = _CHARSET.search(content_type or "")
    declared = _DECLARED.search(content[:1024])
    is_ascii = content.isascii()
    if not is_ascii and _is_utf8(content):
        return Charset("utf-8")
    stated = (header[1] if header else "", declared[1].decode("ascii") if declared else "")
    for charset in filter(None, stated):
        if _decodes(content, charset):
            return Charset(_superset_of(charset))
    if is_ascii or _is_mostly_utf8(content):
        return Charset("utf-8", is_guessed=not is_ascii)
    beyond = sum(octet > 127 for octet in content[:_GUESS_BYTES])
    if header or declared or beyond < _MIN_GUESS_OCTETS:
        return Charset("windows-1252", is_guessed=True)
    best = from_bytes(content[:_GUESS_BYTES], cp_isolation=_WEB_CHARSETS).best()
    return Charset(_superset_of(best.encoding) if best else "windows-1252", is_guessed=True)


def decode(content: bytes, charset: Charset) -> str:
    """Return the text without its byte order mark.

    Stray bytes in UTF-8 are decoded as windows-1252, since they usually come from editors
    that use it. Undecodable bytes become U+FFFD.
    """
    if charset.name == "windows-1252":
        return content.decode("latin-1")  # `clean` maps its control characters as Windows does
    if charset.name != "utf-8":
        return content.decode(charset.name, "replace").removeprefix("\ufeff")
    text = content.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    return _STRAY.sub(_decode_stray, text) if charset.is_guessed else text


def find_root(content: bytes) -> Markup:
    """Return the document with its root element, skipping comments and declarations."""
    at = 0
    while True:
        at = content.find(b"<", at)
        if at < 0:
            return Markup(content)
        if content.startswith(b"<!--", at):
            end = content.find(b"-->", at + 4)
            at = end + 3 if end >= 0 else len(content)
        elif content.startswith(b"<?", at):
            end = content.find(b"?>", at)
            at = end + 2 if end >= 0 else len(content)
        elif content.startswith(b"<!", at):
            at = _after_declaration(content, at)
        else:
            match = _ROOT.match(content, at)
            if match:
                local = match[1].rpartition(b":")[2].decode("ascii", "replace").lower()
                return Markup(content, local, match[1], at)
            at += 1


def find_bomb(markup: Markup) -> FeedRefusal | None:
    """Return why the document's entities are refused, or None if they are harmless.

    Refused are entities that contain entities ("billion laughs") and entities that expand
    to more than a megabyte in total ("quadratic blowup"). Simple entities, as in old feeds,
    are accepted. External entities are never opened.
    """
    head = markup.content[: markup.root_at]
    if b"<!ENTITY" not in head:
        return None
    sizes: dict[bytes, int] = {}
    for match in _ENTITY.finditer(head):
        value = match[3] or match[4] or b""
        inner = set(_REFERENCE.findall(value)) - _BUILT_IN
        if inner:
            detail = f"entity {match[2].decode('ascii', 'replace')!r} contains other entities"
            return FeedRefusal(reason="bad_xml", detail=detail)
        sizes[match[2]] = len(value)
    uses = Counter(_REFERENCE.findall(markup.content, markup.root_at))
    written = sum(count * sizes.get(name, 0) for name, count in uses.items())
    if written > _MAX_EXPANSION_BYTES:
        return FeedRefusal(reason="bad_xml", detail=f"entities would expand to {written:,} bytes")
    return None


def own_entities(markup: Markup) -> bytes:
    """Return the document from its root element on, with its simple entities expanded.

    This drops the prologue, and with it every external identifier.
    """
    head, body = markup.content[: markup.root_at], markup.content[markup.root_at :]
    if b"<!ENTITY" not in head:
        return body
    values = {
        match[2]: match[3] or match[4] or b"" for match in _ENTITY.finditer(head) if not match[1]
    }
    return _REFERENCE.sub(lambda match: values.get(match[1], match[0]), body)


def _superset_of(name: str) -> str:
    """Return GB 18030 for its subsets: pages declare those but use GB 18030."""
    lowered = name.lower()
    return "gb18030" if lowered in {"gb2312", "gbk"} else lowered


def _decode_stray(match: re.Match[str]) -> str:
    return match[0].encode("utf-8", "surrogateescape").decode("latin-1")


def _is_mostly_utf8(content: bytes) -> bool:
    """Return whether UTF-8 characters beyond ASCII outnumber stray bytes two to one."""
    text = content.decode("utf-8", "surrogateescape")
    stray = sum(len(match[0]) for match in _STRAY.finditer(text))
    return sum(1 for _ in _BEYOND_ASCII.finditer(text)) > 2 * stray


def _wide_charset(head: bytes) -> str | None:
    """Return EBCDIC, or UTF-16 or UTF-32 if zero bytes alternate with ASCII, or None."""
    if head.startswith(_EBCDIC):
        return "cp037"
    if len(head) < 8 or 0 not in head[:8]:
        return None
    start = head[: len(head) // 4 * 4]
    columns = [start[column::4] for column in range(4)]
    empty = [not any(column) for column in columns]
    patterns = {
        (False, True, True, True): "utf-32le",
        (True, True, True, False): "utf-32be",
        (False, True, False, True): "utf-16le",
        (True, False, True, False): "utf-16be",
    }
    return patterns.get((empty[0], empty[1], empty[2], empty[3]))


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as exc:
        # a body cut inside its last character is still UTF-8
        return exc.start > 0 and len(content) - exc.start < 4 and not content[: exc.start].isascii()
    return True


def _decodes(content: bytes, name: str) -> bool:
    try:
        content.decode(name)
    except (UnicodeDecodeError, LookupError, ValueError):
        return False
    return True


def _after_declaration(content: bytes, at: int) -> int:
    """Return the offset after `<!DOCTYPE ... [ ... ]>`."""
    close, bracket = content.find(b">", at), content.find(b"[", at)
    if 0 <= bracket < close:
        end = content.find(b"]", bracket)
        while end >= 0 and not content[end + 1 : end + 64].lstrip().startswith(b">"):
            end = content.find(b"]", end + 1)
        close = content.find(b">", end) if end >= 0 else -1
    return close + 1 if close >= 0 else len(content)
