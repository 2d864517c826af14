"""The feed list: the feeds to poll, in `feeds.opml` in the data folder.

Users edit the list, and commands read and rewrite it under a lock. The format is OPML, which
feed readers use to exchange lists; a pause is an attribute of our own in it, which other readers
ignore. The URL of a private feed is stored only here; everything else has its masked address.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from flows.errors import FeedListError
from flows.feeds.feed_xml import decode, find_bomb, find_root, own_entities
from flows.fetching.masked_values import MaskedValues
from flows.secrets import MASK, mask_links, mask_url, without_references
from transforms.feeds.feed_records import FeedRefusal
from transforms.feeds.feed_text import one_line
from transforms.urls import absolute_url, canonical_url, source_id
from warehouse.errors import WarehouseBusyError
from warehouse.files import replace_private
from warehouse.folder import DataFolder
from warehouse.lock import writer_lock

TITLE = "onrecord feeds"
MAX_FEEDS = 100_000
_LOCK_WAIT_S = 30.0
UNKNOWN_PAUSE = datetime.fromtimestamp(
    0, UTC
)  # the list says that a feed is paused, not since when
_NAMESPACE = "urn:onrecord:feed-list"
_PAUSED = f"{{{_NAMESPACE}}}pausedAt"
_NAMES = rb"text|title|type|xmlUrl|htmlUrl|description|language|category|version|(?:\w+:)?pausedAt"
_BARE_AMPERSAND = re.compile(rb"&(?!#?\w{1,10};)")
_OUTLINE = re.compile(rb"<outline\b([^\x00]{0,20000}?[\"'])\s*(/?)>(?=\s*<)")
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
    """

    url: str = field(repr=False)
    title: str | None = None
    home_url: str | None = None
    folder: str = ""
    language: str | None = None
    paused_at: datetime | None = None
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


def read_feed_list(path: Path) -> FeedList:
    """Return the list; raises FeedListError if it is missing or not valid OPML."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as exc:
        problem = "does not exist: run `onrecord init` or `onrecord add URL` first"
        raise FeedListError(path, problem) from exc
    except OSError as exc:
        raise FeedListError(path, f"cannot be read: {exc.strerror}") from exc
    listed = read_opml(content)
    if isinstance(listed, FeedRefusal):
        raise FeedListError(path, f"is not a valid feed list: {listed.reason}: {listed.detail}")
    return listed


def listed_feeds(folder: DataFolder) -> tuple[ListedFeed, ...]:
    """Return the feeds of a data folder, with addresses that stay distinct.

    Raises:
        FeedListError: The list is missing or not valid OPML.
        SecretsError: The file with the masked values cannot be read.
    """
    masked = MaskedValues(folder.masked_values)
    feeds = read_feed_list(folder.feed_list).feeds
    return tuple(replace(feed, address=masked.hide(feed.url)) for feed in feeds)


def listed_or_empty(folder: DataFolder) -> tuple[ListedFeed, ...]:
    """Return the feeds of a data folder, or none if it has no list yet."""
    return listed_feeds(folder) if folder.feed_list.exists() else ()


def listed_url(folder: DataFolder, url: str) -> str:
    """Return the URL of the listed feed with this masked address; any other URL as it is."""
    if MASK not in url:
        return url
    return next((feed.url for feed in listed_or_empty(folder) if feed.address == url), url)


def change_feed_list(
    folder: DataFolder, change: Callable[[tuple[ListedFeed, ...]], Iterable[ListedFeed]]
) -> tuple[tuple[ListedFeed, ...], tuple[ListedFeed, ...]]:
    """Replace the list by what `change` returns for it; return the feeds before and after.

    Nobody else changes the list meanwhile, so no change is lost.

    Raises:
        FeedListError: The list is not valid OPML, or others are changing it for too long.
    """
    path = folder.feed_list
    try:
        with writer_lock(folder.feed_list_lock, wait_s=_LOCK_WAIT_S):
            before = listed_or_empty(folder)
            after = tuple(change(before))
            if after != before or not path.exists():
                write_feed_list(path, after)
    except WarehouseBusyError as exc:
        problem = f"is being changed by {exc.holder}: try again when it has ended"
        raise FeedListError(path, problem) from exc
    return before, after


def write_feed_list(path: Path, feeds: Iterable[ListedFeed]) -> None:
    """Replace the list in one step, so a kill leaves either the old or the new one.

    It keeps its mode and owner; a new one can be read by its owner only. To change a list that
    others may change too, use `change_feed_list`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with replace_private(path) as partial:
        partial.write_bytes(write_opml(feeds, title=TITLE))


def key_of(url: str) -> str:
    """Return the key of a feed that stays the same when its secrets change."""
    url = without_references(url)
    return canonical_url(url) or url


def account_key(url: str) -> str:
    """Return the key of a feed that differs for each login or key; its secrets may be masked.

    >>> account_key("http://ada@wire.example/feed/") == account_key("http://bob@wire.example/feed")
    False
    """
    login = urlsplit(url).netloc.rpartition("@")[0]
    return f"{login}@{canonical_url(url) or url}" if login else canonical_url(url) or url


def merged(feeds: Iterable[ListedFeed], more: Iterable[ListedFeed]) -> tuple[ListedFeed, ...]:
    """Return both lists as one, each URL once; the first entry wins."""
    found: dict[str, ListedFeed] = {}
    for feed in (*feeds, *more):
        found.setdefault(account_key(feed.url), feed)
    return tuple(found.values())


def moved(feeds: Iterable[ListedFeed], moves: dict[str, str]) -> tuple[ListedFeed, ...]:
    """Return the list with the URLs in `moves` replaced; a login is kept at the same host."""
    return tuple(
        replace(feed, url=_with_login(feed.url, moves[feed.url]), address="")
        if feed.url in moves
        else feed
        for feed in feeds
    )


def _with_login(url: str, target: str) -> str:
    own, other = urlsplit(url), urlsplit(target)
    login = own.netloc.rpartition("@")[0]
    is_safe = own.hostname == other.hostname and (own.scheme, other.scheme) != ("https", "http")
    return (
        other._replace(netloc=f"{login}@{other.netloc}").geturl() if login and is_safe else target
    )


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
    duplicates = 0
    for written, feed in _outlines(root):
        if feed is None:
            unusable.append(written[:200])
        elif len(feeds) < MAX_FEEDS:
            duplicates += account_key(feed.url) in feeds
            feeds.setdefault(account_key(feed.url), feed)
    return FeedList(tuple(feeds.values()), tuple(unusable), duplicates)


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
            outline.set(_PAUSED, f"{feed.paused_at:%Y-%m-%dT%H:%M:%SZ}")
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _repair(content: bytes) -> bytes:
    """Return the list; if it is broken, escape bare `"`, `<` and `&` in attributes."""
    try:
        etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return _OUTLINE.sub(_escape_attributes, _BARE_AMPERSAND.sub(b"&amp;", content))
    return content


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
    return ListedFeed(
        url=url,
        title=mask_links(title) or None,
        home_url=absolute_url(home) if home else None,
        folder="/".join(filter(None, folders)),
        language=one_line(attributes.get("language", "")) or None,
        paused_at=_paused_at(attributes.get("pausedat", "")),
    )


def _local_name(name: object) -> str:
    """Return the name of an attribute in lower case, without its namespace or prefix."""
    return re.split(r"[}:]", str(name))[-1].lower()


def _paused_at(written: str) -> datetime | None:
    """Return the instant of a pause; a time that cannot be read still means a pause."""
    if not written.strip():
        return None
    try:
        found = datetime.fromisoformat(written.strip())
    except ValueError:
        return UNKNOWN_PAUSE
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


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
