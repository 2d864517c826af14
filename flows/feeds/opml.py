"""OPML, the form of feed lists: read also if it is broken, and written."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from flows.feeds.feed_xml import decode, find_bomb, find_root, own_entities
from flows.secrets import mask_links, mask_url
from transforms.feeds.feed_records import FeedRefusal
from transforms.feeds.feed_text import one_line
from transforms.urls import absolute_url, canonical_url, source_id

MAX_FEEDS = 100_000
MAX_ATTRIBUTES = 1_000  # of an outline; lxml takes quadratic time to list them
# The list says that a feed is paused, not since when.
UNKNOWN_PAUSE = datetime.fromtimestamp(0, UTC)
_NAMESPACE = "urn:onrecord:feed-list"
_PAUSED = f"{{{_NAMESPACE}}}pausedAt"
_PAUSED_UNTIL = f"{{{_NAMESPACE}}}pausedUntil"
_PAUSE_REASON = f"{{{_NAMESPACE}}}pauseReason"
MAX_REASON_CHARS = 200
_BARE_AMPERSAND = re.compile(rb"&(?!#?\w{1,10};)")
_TAG = b"<outline"
# What follows `_TAG`, up to the next one.
_OUTLINE = re.compile(rb"(?!\w)([^\x00]{0,20000}?[\"'])\s*(/?)>(?=\s*(?:<|\Z))")
_NAMES = (
    rb"text|title|type|xmlUrl|htmlUrl|description|language|category|version"
    rb"|(?:\w+:)?(?:pausedAt|pausedUntil|pauseReason)"
)
_ATTRIBUTE = re.compile(
    rb"(?:^|\s)(" + _NAMES + rb')\s*=\s*"(.*?)"(?=\s+(?:' + _NAMES + rb")\s*=|\s*$)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """One feed of a list.

    Attributes:
        url: The feed's URL, with its secrets.
        address: The same with masked secrets, to be shown and stored.
        title: The feed's title in the list.
        home_url: The source's web page.
        folder: Names of the outlines around it, joined by `/`; empty at the top level.
        language: The declared language; None if not stated.
        paused_at: When it was paused, UTC, or `UNKNOWN_PAUSE`; None if it is polled.
        paused_until: When the pause ends by itself, UTC; None if it does not.
        pause_reason: Why it was paused, in the words of the user; None if not stated.
    """

    url: str = field(repr=False)
    title: str | None = None
    home_url: str | None = None
    folder: str = ""
    language: str | None = None
    paused_at: datetime | None = None
    paused_until: datetime | None = None
    pause_reason: str | None = None
    address: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not self.address:
            object.__setattr__(self, "address", mask_url(self.url))

    @property
    def source_id(self) -> str:
        """The publisher: the host of the home page, otherwise of the feed."""
        return source_id(self.home_url or self.url)


@dataclass(frozen=True, slots=True)
class FeedList:
    """The feeds of a list, each once, and the URLs that cannot be used."""

    feeds: tuple[ListedFeed, ...]
    unusable: tuple[str, ...] = ()
    duplicates: int = 0
    over_limit: int = 0  # feeds after the first `MAX_FEEDS`, which are left out


@functools.lru_cache(20_000)  # a run asks several times for the key of each feed
def account_key(url: str) -> str:
    """Return the key of a feed that differs for each login or key; its secrets may be masked.

    >>> account_key("http://ada@wire.example/feed/") == account_key("http://bob@wire.example/feed")
    False
    """
    key = canonical_url(url)
    if key is None:
        return url
    login = urlsplit(url).netloc.rpartition("@")[0]
    return f"{login}@{key}" if login else key


def read_opml(content: bytes) -> FeedList | FeedRefusal:
    """Return the feeds of an OPML list, or why it cannot be read.

    Outlines with broken XML (a bare `&` or `"` in a title) are repaired or skipped.
    """
    text = decode(content, None)[0].strip()
    markup = find_root(text.encode())
    if markup.root != "opml":
        return FeedRefusal(
            reason="not_opml", detail=f"the root element is {markup.root!r}, expected 'opml'"
        )
    bomb = find_bomb(markup)
    if bomb is not None:
        return bomb
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    root: Any = etree.fromstring(_repair(own_entities(markup)), parser)
    if root is None:
        return FeedRefusal(reason="bad_xml", detail="the document has no readable element")
    feeds: dict[str, ListedFeed] = {}
    unusable: list[str] = []
    duplicates = over_limit = 0
    for written, feed in _outlines(root):
        key = account_key(feed.url) if feed else ""
        if feed is None:
            unusable.append(written[:200])
        elif key in feeds:
            duplicates += 1
        elif len(feeds) < MAX_FEEDS:
            feeds[key] = feed
        else:
            over_limit += 1
    return FeedList(tuple(feeds.values()), tuple(unusable), duplicates, over_limit)


def write_opml(feeds: Iterable[ListedFeed], *, title: str) -> bytes:
    """Return the list as OPML 2.0, sorted by folder and title."""
    feeds = list(feeds)
    names = {"onrecord": _NAMESPACE} if any(feed.paused_at for feed in feeds) else None
    root = etree.Element("opml", version="2.0", nsmap=names)
    etree.SubElement(etree.SubElement(root, "head"), "title").text = one_line(title)
    body = etree.SubElement(root, "body")
    folders: dict[str, etree._Element] = {"": body}
    ordered = sorted(feeds, key=lambda feed: (feed.folder, feed.title or feed.url, feed.url))
    for feed in ordered:
        parent = _folder_outline(feed.folder, folders)
        name = one_line(feed.title or mask_url(feed.url))
        outline = etree.SubElement(parent, "outline", type="rss", text=name, title=name)
        outline.set("xmlUrl", feed.url)
        if feed.home_url:
            outline.set("htmlUrl", feed.home_url)
        if feed.language:
            outline.set("language", feed.language)
        if feed.paused_at:
            _set_pause(outline, feed.paused_at, feed)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _set_pause(outline: etree._Element, paused_at: datetime, feed: ListedFeed) -> None:
    outline.set(_PAUSED, _stamp(paused_at))
    if feed.paused_until:
        outline.set(_PAUSED_UNTIL, _stamp(feed.paused_until))
    if reason := one_line(feed.pause_reason or "")[:MAX_REASON_CHARS]:
        outline.set(_PAUSE_REASON, reason)


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _repair(content: bytes) -> bytes:
    """Return the list; if it is broken, escape bare `"`, `<` and `&` in attributes."""
    try:
        etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        start, *outlines = _BARE_AMPERSAND.sub(b"&amp;", content).split(_TAG)
        return start + b"".join(map(_repaired, outlines))
    return content


def _repaired(outline: bytes) -> bytes:
    """Return an outline with its tag from what follows `_TAG`."""
    tag = _OUTLINE.match(outline)
    return _TAG + outline if tag is None else _escape_attributes(tag) + outline[tag.end() :]


def _escape_attributes(tag: re.Match[bytes]) -> bytes:
    written = b" ".join(
        match[1] + b'="' + match[2].replace(b'"', b"&quot;").replace(b"<", b"&lt;") + b'"'
        for match in _ATTRIBUTE.finditer(tag[1])
    )
    return b"<outline " + written + tag[2] + b">"


def _outlines(root: etree._Element) -> Iterator[tuple[str, ListedFeed | None]]:
    """Yield each URL as written, with its feed, or None if the URL is unusable."""
    folders: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end"), tag="outline"):
        if event == "end":
            folders.pop()
            continue
        if len(element.attrib) > MAX_ATTRIBUTES:
            yield f"outline with {len(element.attrib):,} attributes", None
            folders.append("")
            continue
        attributes = {_local_name(name): str(value) for name, value in element.attrib.items()}
        title = one_line(attributes.get("title") or attributes.get("text") or "")
        written = attributes.get("xmlurl", "")
        if written:
            yield written, _listed_feed(written, title, attributes, folders)
        folders.append("" if written else title)


def _listed_feed(
    written: str, title: str, attributes: dict[str, str], folders: list[str]
) -> ListedFeed | None:
    url = absolute_url(_web_scheme(written), keeps_credentials=True)
    home = attributes.get("htmlurl")
    if url is None:
        return None
    paused_at = _instant(attributes.get("pausedat", ""))
    until = _instant(attributes.get("pauseduntil", "")) if paused_at else None
    return ListedFeed(
        url=url,
        title=mask_links(title) or None,
        home_url=absolute_url(home) if home else None,
        folder="/".join(filter(None, folders)),
        language=one_line(attributes.get("language", "")) or None,
        paused_at=paused_at,
        paused_until=None if until == UNKNOWN_PAUSE else until,
        pause_reason=_reason(attributes.get("pausereason", "")) if paused_at else None,
    )


def _local_name(name: object) -> str:
    """Return the name of an attribute in lower case, without its namespace or prefix."""
    return re.split(r"[}:]", str(name))[-1].lower()


def _reason(written: str) -> str | None:
    return one_line(written)[:MAX_REASON_CHARS] or None


def _instant(written: str) -> datetime | None:
    """Return an instant, None if it is missing, `UNKNOWN_PAUSE` if it cannot be read.

    A pause whose time cannot be read is still a pause.
    """
    if not written.strip():
        return None
    try:
        found = datetime.fromisoformat(written.strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):  # in UTC, the year 1 may be the year 0
        return UNKNOWN_PAUSE


def _web_scheme(url: str) -> str:
    """Return a `feed:` URL, which old browsers supported, as an http or https URL."""
    stripped = url.strip()
    if not stripped.lower().startswith("feed:"):
        return stripped
    rest = stripped[len("feed:") :]
    return rest if rest.lower().startswith("http") else "https:" + rest


def _folder_outline(path: str, folders: dict[str, etree._Element]) -> etree._Element:
    """Return the outline of a folder, creating it and its parents if needed."""
    if path not in folders:
        parent, _, name = path.rpartition("/")
        clean_name = one_line(name)
        folders[path] = etree.SubElement(
            _folder_outline(parent, folders), "outline", text=clean_name, title=clean_name
        )
    return folders[path]
