"""The feed list: the feeds to poll, in `feeds.opml` in the data folder.

Users edit the list, and commands read and rewrite it. The warehouse follows it: a feed
added to the list gets a row in `feeds`, and a feed removed from it, paused or resumed gets a
row that says so. Earlier rows are kept. The format is OPML, which feed readers use to exchange
lists; a pause is an attribute of our own in it, which other readers ignore.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from lxml import etree

from flows.errors import FeedListError
from flows.feeds.feed_xml import decode, find_bomb, find_root, own_entities
from flows.losses import Lost
from flows.secrets import mask_url
from transforms.feeds.feed_records import FeedRefusal
from transforms.feeds.feed_text import one_line
from transforms.identity import feed_id
from transforms.urls import absolute_url, canonical_url, source_id
from warehouse.feed_queries import KnownFeed
from warehouse.files import read_regular, replace_file

TITLE = "onrecord feeds"
MAX_FEEDS = 100_000
MAX_LIST_BYTES = 64_000_000  # 100,000 feeds need half of it
MAX_ATTRIBUTES = 1_000  # of an outline; lxml takes quadratic time to list them
_DEADLINE_S = 60.0  # wall seconds; 100,000 feeds take some ten
_QUICK_BYTES = 100_000  # a list up to this size takes little time, whatever it contains
UNKNOWN_PAUSE = datetime.fromtimestamp(
    0, UTC
)  # the list says that a feed is paused, not since when
_NAMESPACE = "urn:onrecord:feed-list"
_PAUSED = f"{{{_NAMESPACE}}}pausedAt"
_NAMES = rb"text|title|type|xmlUrl|htmlUrl|description|language|category|version|(?:\w+:)?pausedAt"
_BARE_AMPERSAND = re.compile(rb"&(?!#?\w{1,10};)")
_TAG = b"<outline"
# What follows `_TAG`, up to the next one.
_OUTLINE = re.compile(rb"(?!\w)([^\x00]{0,20000}?[\"'])\s*(/?)>(?=\s*(?:<|\Z))")
_ATTRIBUTE = re.compile(
    rb"(?:^|\s)(" + _NAMES + rb')\s*=\s*"(.*?)"(?=\s+(?:' + _NAMES + rb")\s*=|\s*$)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """One feed of a list.

    Attributes:
        url: The feed's URL.
        title: The feed's title in the list.
        home_url: The source's web page.
        folder: Names of the outlines around it, joined by `/`; empty at the top level.
        language: The declared language; None if not stated.
        paused_at: When it was paused, UTC, or `UNKNOWN_PAUSE`; None if it is polled.
    """

    url: str
    title: str | None = None
    home_url: str | None = None
    folder: str = ""
    language: str | None = None
    paused_at: datetime | None = None

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


def read_feed_list(path: Path) -> FeedList:
    """Return the list; raises FeedListError if it is missing, too long or not valid OPML."""
    return _accepted(path, read_opml(_content(path)))


def read_foreign_list(path: Path) -> FeedList:
    """Return a list that somebody else wrote; raises FeedListError as `read_feed_list`.

    A long one is read in a process that is killed at a deadline, because a hostile list may
    need much time and memory.
    """
    content = _content(path)
    if len(content) <= _QUICK_BYTES:
        return _accepted(path, read_opml(content))
    from flows.pool import DeadlinePool, PoolOptions  # noqa: PLC0415  # most commands need none

    with DeadlinePool(
        PoolOptions(processes=1, deadline_s=_DEADLINE_S),
        start=_do_nothing,
        arguments=(),
        probe=_do_nothing,
    ) as pool:
        try:
            ((_, found),) = pool.map(read_opml, [(path, (content,))], ahead=1)
        except MemoryError:
            found = Lost("memory", "needs more memory than a worker may use")
    if isinstance(found, Lost):
        problem = f"cannot be read as a feed list: {found.detail}: check the file, or split it"
        raise FeedListError(path, problem)
    return _accepted(path, found)


def _do_nothing() -> None:
    """Do nothing: reading a list takes no preparation."""


def _content(path: Path) -> bytes:
    try:
        return read_regular(path, most_bytes=MAX_LIST_BYTES)
    except FileNotFoundError as exc:
        problem = "does not exist: run `onrecord init` or `onrecord add URL` first"
        raise FeedListError(path, problem) from exc
    except OSError as exc:
        raise FeedListError(path, f"cannot be read: {exc.strerror}") from exc


def _accepted(path: Path, listed: FeedList | FeedRefusal) -> FeedList:
    if isinstance(listed, FeedRefusal):
        raise FeedListError(path, f"is not a valid feed list: {listed.reason}: {listed.detail}")
    if listed.over_limit:
        _refuse_length(path, len(listed.feeds) + listed.over_limit)
    return listed


def _refuse_length(path: Path, feeds: int) -> NoReturn:
    problem = (
        f"has {feeds:,} feeds, more than {MAX_FEEDS:,}: divide them among several data folders"
    )
    raise FeedListError(path, problem)


def write_feed_list(path: Path, feeds: Iterable[ListedFeed]) -> None:
    """Replace the list in one step, so a kill leaves either the old or the new one.

    Raises:
        FeedListError: It would have more than `MAX_FEEDS` feeds.
    """
    feeds = tuple(feeds)
    if len(feeds) > MAX_FEEDS:
        _refuse_length(path, len(feeds))
    path.parent.mkdir(parents=True, exist_ok=True)
    with replace_file(path) as partial:
        partial.write_bytes(write_opml(feeds, title=TITLE))


def listed_or_empty(path: Path) -> tuple[ListedFeed, ...]:
    """Return the feeds of the list, or none if it does not exist yet."""
    return read_feed_list(path).feeds if path.exists() else ()


def key_of(url: str) -> str:
    """Return the key by which URLs are compared; secrets are ignored, as they change."""
    url = mask_url(url)
    return canonical_url(url) or url


def merged(feeds: Iterable[ListedFeed], more: Iterable[ListedFeed]) -> tuple[ListedFeed, ...]:
    """Return both lists as one, each URL once; the first entry wins."""
    found: dict[str, ListedFeed] = {}
    for feed in (*feeds, *more):
        found.setdefault(key_of(feed.url), feed)
    return tuple(found.values())


def moved(feeds: Iterable[ListedFeed], moves: dict[str, str]) -> tuple[ListedFeed, ...]:
    """Return the list with the URLs in `moves` replaced."""
    return tuple(replace(feed, url=moves.get(feed.url, feed.url)) for feed in feeds)


def list_changes(
    listed: Iterable[ListedFeed], known: Iterable[KnownFeed], *, now: datetime
) -> list[dict[str, Any]]:
    """Return the rows of `feeds` to append so that the warehouse matches the list."""
    by_key = {key_of(feed.url): feed for feed in known}
    rows = []
    wanted = set()
    for feed in listed:
        key = key_of(feed.url)
        wanted.add(key)
        before = by_key.get(key)
        if before is None or not before.is_listed:
            rows.append(feed_row(feed, before.feed_id if before else feed_id(key), now))
        elif before.is_paused != (feed.paused_at is not None):
            rows.append(state_row(before, "paused" if feed.paused_at else "listed", now=now))
    rows += [
        state_row(before, "removed", now=now)
        for key, before in by_key.items()
        if before.is_listed and key not in wanted
    ]
    return rows


def feed_row(feed: ListedFeed, ident: str, now: datetime) -> dict[str, Any]:
    """Return the row of `feeds` for a feed that was added to the list."""
    return {
        "feed_id": ident,
        "source_id": feed.source_id,
        "url": mask_url(feed.url),
        "title": feed.title,
        "home_url": feed.home_url,
        "language": feed.language,
        "folder": feed.folder or None,
        "state": "paused" if feed.paused_at else "listed",
        "recorded_at": now,
    }


def state_row(feed: KnownFeed, state: str, *, now: datetime, url: str | None = None,
              kind: str | None = None) -> dict[str, Any]:  # fmt: skip
    """Return the row of `feeds` for the new state of a known feed."""
    return {
        "feed_id": feed.feed_id,
        "source_id": feed.source_id,
        "url": mask_url(url or feed.url),
        "kind": kind or feed.kind,
        "title": feed.title,
        "home_url": feed.home_url,
        "language": feed.language,
        "folder": feed.folder,
        "state": state,
        "recorded_at": now,
    }


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
        key = canonical_url(feed.url) or feed.url if feed else ""
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
        name = one_line(feed.title or feed.url)
        outline = etree.SubElement(parent, "outline", type="rss", text=name, title=name)
        outline.set("xmlUrl", feed.url)
        if feed.home_url:
            outline.set("htmlUrl", feed.home_url)
        if feed.language:
            outline.set("language", feed.language)
        if feed.paused_at:
            paused_at = feed.paused_at.astimezone(UTC).isoformat(timespec="seconds")
            outline.set(_PAUSED, paused_at.replace("+00:00", "Z"))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


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
    return ListedFeed(
        url=url,
        title=title or None,
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
