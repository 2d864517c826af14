"""feedparser, made to answer whatever the document: it stays here and in `strict_parser`.

It gets a stream, never an address or a path (it would open both), and neither cleans
markup nor resolves links in it. A dozen kinds of exception escape from it on odd input
(its issue 599); then the document is mended by lxml, and if that does not help, each item
is read alone, so that one broken item costs only itself. Well-formed documents, nearly
all, take the short way through it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import feedparser
from lxml import etree

from flows.feeds.strict_parser import parse_strictly
from transforms.feeds.feed_records import FeedRefusal
from transforms.feeds.feed_text import one_line

_PROLOGUE = b"<?xml version='1.0' encoding='utf-8'?>\n"


@dataclass(frozen=True, slots=True)
class Syndicated:
    """What feedparser read.

    Attributes:
        feed: Fields of the feed.
        items: Fields of its items, in order.
        version: feedparser's name of the dialect, empty where it is none.
        is_ill_formed: The XML is broken, or had to be mended.
        broken: Items that could not be read at all.
    """

    feed: Mapping[str, Any]
    items: list[Mapping[str, Any]]
    version: str
    is_ill_formed: bool
    broken: int = 0


def parse_tolerantly(content: bytes) -> Syndicated | FeedRefusal:
    """Return what can be read of a document in UTF-8 without its prologue."""
    problem = ""
    attempts: tuple[Callable[[bytes], Syndicated], ...] = (
        _well_formed, _whole, _mended, _item_by_item,
    )  # fmt: skip
    for attempt in attempts:
        try:
            return attempt(content)
        except MemoryError:
            raise
        except Exception as exc:  # noqa: BLE001  # see the module's docstring
            problem = f"{type(exc).__name__}: {exc}"
    return FeedRefusal(reason="parse_error", detail=one_line(problem)[:200])


def _well_formed(content: bytes) -> Syndicated:
    read = parse_strictly(content)
    return Syndicated(read.feeddata, read.entries, read.version, is_ill_formed=False)


def _whole(content: bytes) -> Syndicated:
    stream = io.BytesIO(_PROLOGUE + content)
    result = feedparser.parse(stream, sanitize_html=False, resolve_relative_uris=False)
    version = result.get("version") or ""
    return Syndicated(result["feed"], result["entries"], version, bool(result["bozo"]))


def _mended(content: bytes) -> Syndicated:
    read = _whole(etree.tostring(_tree(content), encoding="utf-8"))
    return Syndicated(read.feed, read.items, read.version, is_ill_formed=True)


def _item_by_item(content: bytes) -> Syndicated:
    root = _tree(content)
    places = [(item.getparent(), item) for item in root.iter() if _is_item(item)]
    for parent, item in places:
        if parent is not None:
            parent.remove(item)
    try:
        head = _mended(etree.tostring(root, encoding="utf-8"))
    except Exception:  # noqa: BLE001  # the items may be good all the same
        for child in root.iterchildren():
            root.remove(child)
        head = Syndicated({}, [], "", is_ill_formed=True)
    items: list[Mapping[str, Any]] = []
    version, broken = head.version, 0
    for _, item in places:
        try:
            alone = _alone(root, item)
        except Exception:  # noqa: BLE001  # counted, and the next one is read
            broken += 1
        else:
            items += alone.items
            version = version or alone.version
    return Syndicated(head.feed, items, version, is_ill_formed=True, broken=broken)


def _alone(root: etree._Element, item: etree._Element) -> Syndicated:
    """Return one item read as the only one of its feed."""
    holder = etree.Element(root.tag, dict(root.attrib), nsmap=root.nsmap)
    channel = etree.SubElement(holder, "channel") if root.tag == "rss" else holder
    channel.append(item)
    return _whole(etree.tostring(holder, encoding="utf-8"))


def _is_item(element: etree._Element) -> bool:
    name = element.tag if isinstance(element.tag, str) else ""
    return name.rpartition("}")[2].rpartition(":")[2].lower() in {"item", "entry"}


def _tree(content: bytes) -> etree._Element:
    """Return what lxml can read; raises ValueError where that is nothing."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    root: Any = etree.fromstring(content, parser)
    if root is None:
        raise ValueError("no element can be read")
    return root  # type: ignore[no-any-return]
