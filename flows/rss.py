"""RSS 2.0, as watches, searches and pages give it to feed readers.

A feed reader takes a description for HTML, so a text is escaped twice there.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from flows.printable import plain_lines

_ATOM = "http://www.w3.org/2005/Atom"
# Characters that XML 1.0 cannot have, not even escaped.
_INVALID = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of a feed.

    Attributes:
        guid: What tells it from other items; it is no link.
        link: URL of the article, None if it has none.
        category: A word about the item, None for none.
        published_at: None if that is not known.
    """

    guid: str
    title: str
    description: str
    link: str | None = None
    category: str | None = None
    published_at: datetime | None = None


def as_rss(
    title: str,
    link: str,
    description: str,
    items: Iterable[Item],
    *,
    built_at: datetime,
    feed_link: str | None = None,
) -> bytes:
    """Return a feed with items in the order given.

    Args:
        title: Title of the feed.
        link: A URL or tag of what it is about.
        description: What its items are.
        items: The items.
        built_at: When it changed last.
        feed_link: URL of the feed, None for a file.
    """
    rss = ET.Element("rss", version="2.0")
    channel = ET.SubElement(rss, "channel")
    _add(channel, "title", title)
    _add(channel, "link", link)
    _add(channel, "description", html.escape(description, quote=False))
    _add(channel, "lastBuildDate", instant(built_at))
    if feed_link:
        ET.register_namespace("atom", _ATOM)
        shown = {"href": feed_link, "rel": "self", "type": "application/rss+xml"}
        ET.SubElement(channel, f"{{{_ATOM}}}link", shown)
    for item in items:
        _add_item(ET.SubElement(channel, "item"), item)
    ET.indent(rss)
    content: bytes = ET.tostring(rss, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def clean(text: str) -> str:
    r"""Return a text of a publisher without characters that XML lacks or that steer its display.

    >>> clean("Red \x1b[31malert\u202e \ufffe")
    'Red �[31malert� �'
    """
    return _INVALID.sub("\ufffd", plain_lines(text))


def instant(at: datetime) -> str:
    """Return an instant as RSS writes it."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


def _add_item(element: ET.Element, item: Item) -> None:
    _add(element, "title", item.title)
    if item.link:
        _add(element, "link", item.link)
    _add(element, "description", html.escape(item.description, quote=False))
    if item.category:
        _add(element, "category", item.category)
    _add(element, "guid", item.guid).set("isPermaLink", "false")
    if item.published_at:
        _add(element, "pubDate", instant(item.published_at))


def _add(parent: ET.Element, name: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, name)
    element.text = clean(text)
    return element
