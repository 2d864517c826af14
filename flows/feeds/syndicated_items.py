"""One item of feedparser's result, as its feed wrote it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

from transforms.feeds.feed_fields import EntryFields
from transforms.feeds.feed_text import one_line, plain_text

# A description this long is no teaser (teasers of wire copy end below 600 characters).
MIN_ARTICLE_CHARS = 1000

# Fields of plain text are cut at a tenth of this; markup past it is not worth its parsing.
_MAX_MARKUP_CHARS = 100_000
_PAGE_RELS = frozenset({"via", "related"})
# Base64 content under no better name than "bytes" is HTML where it decodes to text at all.
_HTML_TYPES = frozenset(
    {"text/html", "application/octet-stream", "application/xhtml+xml", "html", "xhtml"}
)
_ADDRESS = r"[^\s<>()@]{1,64}@[^\s<>()@]{1,255}"
_MAIL_AND_NAME = re.compile(rf"(?:mailto:)?{_ADDRESS}\s*\(([^()]+)\)")
_NAME_AND_MAIL = re.compile(rf"([^<>()@]+?)\s*[<(]\s*(?:mailto:)?{_ADDRESS}\s*[>)]")
_MAIL = re.compile(rf"(?:mailto:)?{_ADDRESS}")


def read_item(
    item: Mapping[str, Any], position: int, language: str | None, *, is_atom: bool
) -> EntryFields:
    """Return what one item says; RSS's only date, whatever its name, is its publication."""
    get = getter(item)
    published = get("published")
    if published is None:
        published = get("created")
    if published is None and not is_atom:
        published = get("updated")
    summary = plain(get, "summary") if get("summary_detail") else None
    return EntryFields(
        position=position,
        guid=get("id"),
        link=_link(get),
        title=plain(get, "title"),
        authors=_authors(get("authors") or []),
        published_raw=published,
        updated_raw=get("updated"),
        summary=summary,
        content=_content(get("content") or [], get("summary_detail"), summary),
        language=_entryfirst_language(get) or language,
        tags=tuple(tag.get("term") or tag.get("label") or "" for tag in get("tags") or []),
        image=_image(get),
    )


def getter(fields: Mapping[str, Any]) -> Callable[[str], Any]:
    """Return plain look-up: FeedParserDict's own answers one field for another."""
    return partial(dict.get, cast("dict[str, Any]", fields))


def plain(get: Callable[[str], Any], name: str) -> str | None:
    """Return a text construct as plain text, None without one.

    Its detail tells the type, except where it belongs to a picture's construct of the
    same name, which feedparser lets overwrite it.
    """
    value = get(name)
    if not isinstance(value, str) or not value:
        return None
    detail = get(f"{name}_detail") or {}
    kind = detail.get("type") if detail.get("value") == value else None
    written = value[:_MAX_MARKUP_CHARS]
    is_markup = (kind or "text/html") in _HTML_TYPES
    return (plain_text(written) if is_markup else one_line(written)) or None


def _link(get: Callable[[str], Any]) -> str | None:
    """Return the address of an item's page.

    FeedBurner's redirect gives way to the address behind it. A GUID stands in for a
    link only where it is a web address itself.
    """
    link = get("link")
    if link and link == get("id") and not link.lower().startswith(("http://", "https://")):
        link = None
    links = [(entry.get("rel"), entry["href"]) for entry in get("links") or [] if "href" in entry]
    pages = [href for rel, href in links if rel == "alternate"]
    if pages and link not in pages:
        link = pages[0]
    others = [href for rel, href in links if rel in _PAGE_RELS]
    return next(filter(None, [get("feedburner_origlink"), link, *others]), None)


def _content(
    contents: list[Mapping[str, Any]], summary_detail: Mapping[str, Any] | None, summary: str | None
) -> str | None:
    """Return the longest content as HTML; a description as long as an article is one."""
    written = [_as_html(content) for content in contents]
    longest = max(filter(None, written), key=len, default=None)
    if longest is None and summary and len(summary) >= MIN_ARTICLE_CHARS and summary_detail:
        return _as_html(summary_detail)
    return longest


def _as_html(detail: Mapping[str, Any]) -> str | None:
    value, kind = detail.get("value") or "", detail.get("type") or "text/html"
    if kind in _HTML_TYPES:
        return str(value)
    return f"<p>{html.escape(value, quote=False)}</p>" if kind.startswith("text/") else None


def first_language(*stated: Any) -> str | None:
    """Return the first language declared, as a code or on a text construct."""
    for candidate in stated:
        code = candidate.get("language") if isinstance(candidate, Mapping) else candidate
        if code:
            return str(code)
    return None


def _entryfirst_language(get: Callable[[str], Any]) -> str | None:
    contents = get("content") or []
    return first_language(
        get("language"), *contents[:1], get("summary_detail"), get("title_detail")
    )


def _authors(authors: list[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the names among the authors; an e-mail address alone is no byline.

    >>> _authors([{"name": "desk@example.org (Ann Lee)"}, {"name": "desk@example.org"}])
    ('Ann Lee',)
    """
    names = []
    for author in authors:
        written = (author.get("name") or "").strip()
        match = _MAIL_AND_NAME.fullmatch(written) or _NAME_AND_MAIL.fullmatch(written)
        if match:
            names.append(match[1].strip())
        elif not _MAIL.fullmatch(written):
            names.append(written)
    return tuple(plain_text(name) for name in names if name)


def _image(get: Callable[[str], Any]) -> str | None:
    """Return the first picture that the item names: media, enclosure or image element."""
    for key in ("media_content", "media_thumbnail", "enclosures"):
        for medium in get(key) or []:
            address = medium.get("url") or medium.get("href")
            kind = medium.get("medium") or medium.get("type") or "image"
            if address and kind.startswith("image"):
                return str(address)
    image = get("image")
    return image.get("href") if isinstance(image, Mapping) else None
