"""Prepares feed bytes for a parser: inflates, decodes and checks them.

All functions work on raw bytes in linear time, before feedparser or lxml sees them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from flows.fetching.bodies import GZIP_MAGIC, BodyError
from flows.fetching.bodies import inflate as inflate_body
from flows.fetching.fetch_records import charset_of
from transforms.charsets import Charset, find_charset
from transforms.feeds.feed_records import FeedRefusal

MAX_FEED_BYTES = 16 * 1024 * 1024  # miniflux refuses feeds above 15 MiB
MAX_SITEMAP_BYTES = 64 * 1024 * 1024  # sitemaps.org allows 50 MB
_MAX_EXPANSION_BYTES = 1_000_000  # entities may not expand to more than this
_ROOT = re.compile(rb"<([A-Za-z_][\w.-]*(?::[\w.-]+)?)")
_ENTITY = re.compile(rb"""<!ENTITY\s+(%\s+)?([\w.-]+)\s+(?:"([^"]*)"|'([^']*)')""")
_REFERENCE = re.compile(rb"&([\w.-]{1,64});")
_STRAY = re.compile("[\udc80-\udcff]+")
_BUILT_IN = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})


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
    if not content.startswith(GZIP_MAGIC):
        return content
    try:
        return inflate_body(content, limit)
    except BodyError as exc:
        return FeedRefusal(reason=exc.code, detail=exc.detail)


def decode(content: bytes, content_type: str | None) -> tuple[str, Charset]:
    """Return the text of a document and its charset.

    Stray bytes in UTF-8 are decoded as windows-1252, since they usually come from editors
    that use it. Undecodable bytes become U+FFFD.
    """
    charset = find_charset(content, charset_of(content_type))
    if charset.name == "cp1252":
        text = content.decode("latin-1")  # `clean` maps its control characters as Windows does
    elif charset.name == "utf-8":
        text = _STRAY.sub(_decode_stray, content.decode("utf-8", "surrogateescape"))
    else:
        text = content.decode(charset.name, "replace")
    return text.removeprefix("\ufeff"), charset


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


def _decode_stray(match: re.Match[str]) -> str:
    return match[0].encode("utf-8", "surrogateescape").decode("latin-1")


def _after_declaration(content: bytes, at: int) -> int:
    """Return the offset after `<!DOCTYPE ... [ ... ]>`."""
    close, bracket = content.find(b">", at), content.find(b"[", at)
    if 0 <= bracket < close:
        end = content.find(b"]", bracket)
        while end >= 0 and not content[end + 1 : end + 64].lstrip().startswith(b">"):
            end = content.find(b"]", end + 1)
        close = content.find(b">", end) if end >= 0 else -1
    return close + 1 if close >= 0 else len(content)
