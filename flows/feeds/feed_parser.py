"""Parses RSS and Atom documents with feedparser, which only this module imports.

feedparser gets a stream, never a URL or a path (it would open both), and neither sanitizes
markup nor resolves links. On odd input it raises a dozen kinds of exception (its issue
599). In that case lxml repairs the document; if that does not help, each item is parsed
alone, so that one broken item does not cost the others.

Nearly all documents are well-formed and take a faster path: a subclass of feedparser's
strict parser. For well-formed UTF-8 without a document type it returns the same result as
`feedparser.parse`; a test compares the two. It saves the charset detection, the SAX objects
between expat and feedparser, deep copies of flat dictionaries, and joining URLs again at
every tag. It does not parse dates either: `read_loosely` does that when needed.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from xml.parsers import expat

import feedparser
from feedparser.api import StrictFeedParser
from feedparser.datetimes import _parse_date
from feedparser.mixin import _FeedParserMixin
from feedparser.urls import make_safe_absolute_uri
from lxml import etree

from transforms.feeds.feed_records import FeedRefusal
from transforms.feeds.feed_text import one_line

_PROLOGUE = b"<?xml version='1.0' encoding='utf-8'?>\n"
_USERLAND = "backend.userland.com/rss"  # feedparser treats all its namespaces as one
_MARKUP = {"math": "http://www.w3.org/1998/Math/MathML", "svg": "http://www.w3.org/2000/svg"}
# Attributes and elements that affect more than their own element are left to feedparser.
_FAR_REACHING = frozenset({"base", "lang", "xml:base", "xml:lang", "xmlns", "xmlns:xlink"})
_ROOTS = frozenset({"feed", "rss"})
_IN_TEXTINPUT = frozenset({"title", "link", "description", "name"})
_IN_IMAGE = frozenset({"title", "link", "description", "url", "href", "width", "height"})
# feedparser searches an author for e-mail addresses in quadratic time (its issue 562).
MAX_AUTHOR_CHARS = 1_000
MAX_TAGS = 1_000  # of one item; feedparser compares each one with all the others


class _Limits:
    """Methods of all of feedparser's parsers that would take quadratic time."""

    sync_author = _FeedParserMixin._sync_author_detail  # noqa: SLF001  # nothing public does this
    add_tag = _FeedParserMixin._add_tag  # noqa: SLF001

    @staticmethod
    def sync_short_author(parser: Any, key: str = "author") -> None:
        """Divide an author into name and address, after cutting one that is too long."""
        context = parser._get_context()  # noqa: SLF001
        author = context.get(key)
        if isinstance(author, str):
            context[key] = author[:MAX_AUTHOR_CHARS]
        _Limits.sync_author(parser, key)

    @staticmethod
    def add_few_tags(parser: Any, term: str | None, scheme: str | None, label: str | None) -> None:
        """Add a tag, unless there are too many."""
        if len(parser._get_context().get("tags", ())) < MAX_TAGS:  # noqa: SLF001
            _Limits.add_tag(parser, term, scheme, label)


_FeedParserMixin._sync_author_detail = _Limits.sync_short_author  # noqa: SLF001
_FeedParserMixin._add_tag = _Limits.add_few_tags  # noqa: SLF001


@dataclass(frozen=True, slots=True)
class Syndicated:
    """The result of parsing one document.

    Attributes:
        feed: Fields of the feed.
        items: Fields of its items, in order.
        version: feedparser's name of the dialect; empty if it recognizes none.
        is_ill_formed: Whether the XML is broken or had to be repaired.
        broken: Number of items that could not be parsed.
    """

    feed: Mapping[str, Any]
    items: list[Mapping[str, Any]]
    version: str
    is_ill_formed: bool
    broken: int = 0


def parse_tolerantly(content: bytes) -> Syndicated | FeedRefusal:
    """Return what can be parsed of a UTF-8 document without its XML declaration."""
    problem = ""
    attempts: tuple[Callable[[bytes], Syndicated], ...] = (
        _parse_well_formed, _parse_whole, _parse_repaired, _parse_item_by_item,
    )  # fmt: skip
    for attempt in attempts:
        try:
            return attempt(content)
        except MemoryError:
            raise
        except Exception as exc:  # noqa: BLE001  # see the module docstring
            problem = f"{type(exc).__name__}: {exc}"
    return FeedRefusal(reason="parse_error", detail=one_line(problem)[:200])


def parse_strictly(content: bytes) -> StrictReader:
    """Return a well-formed document as parsed by feedparser's strict parser.

    Raises:
        expat.ExpatError: The document is not well-formed.
        Exception: feedparser raises a dozen other kinds on odd input.
    """
    reader = StrictReader()
    parser = expat.ParserCreate("utf-8", " ", intern={})
    parser.namespace_prefixes = True
    parser.StartNamespaceDeclHandler = reader.startPrefixMapping
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.handle_data
    parser.Parse(content, True)  # noqa: FBT003  # True: this is the whole document
    return reader


def read_loosely(raw: str) -> datetime | None:
    """Return a date as feedparser parses it, or None if it is not a date.

    >>> read_loosely("6 May 2024 07:08 GMT")
    datetime.datetime(2024, 5, 6, 7, 8, tzinfo=datetime.timezone.utc)
    """
    parsed: time.struct_time | None = _parse_date(raw)
    try:
        return datetime(*parsed[:6], tzinfo=UTC) if parsed else None
    except ValueError:
        return None


class Construct(dict[str, Any]):
    """The parameters of a text construct, in a flat dictionary that is cheap to copy."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Construct:
        return Construct(self)


class StrictReader(StrictFeedParser):  # type: ignore[misc]  # it has no types
    """A document being parsed; `feeddata`, `entries` and `version` are the result."""

    resolve_relative_uris = sanitize_html = False
    decls: dict[str, str]
    lang: str | None
    baseuri: str

    def __init__(self) -> None:
        self._begun: dict[str, tuple[str, str | None]] = {}
        self._ended: dict[str, str] = {}
        super().__init__("", None, "utf-8")
        self.contentparams = Construct()

    def track_namespace(self, prefix: str | None, uri: str) -> None:
        """Record a namespace; the cached tag names become invalid."""
        self._begun.clear()
        self._ended.clear()
        super().track_namespace(prefix, uri)

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element; names are as expat passes them: `namespace local prefix`."""
        known = self._begun.get(name)
        if known is None:
            known = self._begun[name] = self._begun_as(name)
        tag, markup = known
        stated, self.decls = self.decls, {}
        if markup:
            stated["xmlns"] = markup
        if attributes:
            stated.update(_name_attributes(self._matchnamespaces, attributes))
        is_plain = not self.incontent and tag not in _ROOTS
        if is_plain and _FAR_REACHING.isdisjoint(stated):
            self._begin_plain(tag, stated)
        else:
            self.unknown_starttag(tag, list(stated.items()))

    def end(self, name: str) -> None:
        """End an element."""
        tag = self._ended.get(name)
        if tag is None:
            namespace, local = _split_name(name)
            tag = self._ended[name] = self._tag(namespace, local)
        self.unknown_endtag(tag)

    def push_content(
        self, tag: str, attrs_d: dict[str, str], default_content_type: str, expecting_text: Any
    ) -> None:
        """Begin a text construct."""
        self.incontent += 1
        if self.lang:
            self.lang = self.lang.replace("_", "-")
        kind = self.map_content_type(attrs_d.get("type", default_content_type))
        self.contentparams = Construct(type=kind, language=self.lang, base=self.baseuri)
        self.contentparams["base64"] = self._is_base64(attrs_d, self.contentparams)
        self.push(tag, expecting_text)

    def resolve_uri(self, uri: str) -> str:
        """Return a URL, made absolute if the document states a base."""
        # feedparser removes a third slash even without a base
        if not self.baseuri and ":///" not in uri:
            return uri
        return str(super().resolve_uri(uri))

    def _begin_plain(self, tag: str, stated: dict[str, str]) -> None:
        """Do what `unknown_starttag` does outside text without far-reaching attributes."""
        for key in stated.keys() & {"rel", "type"}:
            stated[key] = stated[key].lower()
        self.depth += 1
        self.baseuri = _inherited_base(self.baseuri)
        self.basestack.append(self.baseuri)
        self.langstack.append(self.lang)
        prefix, colon, suffix = tag.partition(":")
        prefix = self.namespacemap.get(prefix, prefix) if colon else ""
        if not prefix:
            if tag not in _IN_TEXTINPUT:
                self.intextinput = 0
            if tag not in _IN_IMAGE:
                self.inimage = 0
        if colon:
            tag = f"{prefix}_{suffix}" if prefix else suffix
        try:
            getattr(self, f"_start_{tag}")(stated)
        except AttributeError:  # there is no such method, or it failed
            if stated:
                self._get_context()[tag] = stated
            else:
                self.push(tag, 1)

    def _begun_as(self, name: str) -> tuple[str, str | None]:
        """Return the tag, and the namespace to state on it if it is MathML or SVG."""
        namespace, local = _split_name(name)
        local = local.lower()
        markup = namespace if namespace and _MARKUP.get(local) == namespace else None
        if namespace and _USERLAND in namespace.lower():
            namespace = f"http://{_USERLAND}"
        return self._tag(namespace, local), markup

    def _tag(self, namespace: str | None, local: str) -> str:
        """Return a name with its usual prefix, or with the first one declared for it."""
        prefix = self._matchnamespaces.get((namespace or "").lower())
        if not prefix and namespace:
            declared = self.namespaces_in_use.items()
            prefix = next((name for name, uri in declared if name and uri == namespace), None)
        return (f"{prefix}:{local}" if prefix else local).lower()

    def _end_published(self) -> None:
        self.pop("published")

    _end_issued = _end_pubdate = _end_published

    def _end_updated(self) -> None:
        self.pop("updated")

    _end_modified = _end_lastbuilddate = _end_updated

    def _end_created(self) -> None:
        self.pop("created")


def _parse_well_formed(content: bytes) -> Syndicated:
    read = parse_strictly(content)
    return Syndicated(read.feeddata, read.entries, read.version, is_ill_formed=False)


def _parse_whole(content: bytes) -> Syndicated:
    stream = io.BytesIO(_PROLOGUE + content)
    result = feedparser.parse(stream, sanitize_html=False, resolve_relative_uris=False)
    version = result.get("version") or ""
    return Syndicated(result["feed"], result["entries"], version, bool(result["bozo"]))


def _parse_repaired(content: bytes) -> Syndicated:
    read = _parse_whole(etree.tostring(_recover_tree(content), encoding="utf-8"))
    return Syndicated(read.feed, read.items, read.version, is_ill_formed=True)


def _parse_item_by_item(content: bytes) -> Syndicated:
    root = _recover_tree(content)
    places = [(item.getparent(), item) for item in root.iter() if _is_item(item)]
    for parent, item in places:
        if parent is not None:
            parent.remove(item)
    try:
        head = _parse_repaired(etree.tostring(root, encoding="utf-8"))
    except Exception:  # noqa: BLE001  # the items may still be good
        for child in root.iterchildren():
            root.remove(child)
        head = Syndicated({}, [], "", is_ill_formed=True)
    items: list[Mapping[str, Any]] = []
    version, broken = head.version, 0
    for _, item in places:
        try:
            alone = _parse_alone(root, item)
        except Exception:  # noqa: BLE001  # count it and parse the next one
            broken += 1
        else:
            items += alone.items
            version = version or alone.version
    return Syndicated(head.feed, items, version, is_ill_formed=True, broken=broken)


def _parse_alone(root: etree._Element, item: etree._Element) -> Syndicated:
    """Return the result of parsing a feed that contains only this item."""
    holder = etree.Element(root.tag, dict(root.attrib), nsmap=root.nsmap)
    channel = etree.SubElement(holder, "channel") if root.tag == "rss" else holder
    channel.append(item)
    return _parse_whole(etree.tostring(holder, encoding="utf-8"))


def _is_item(element: etree._Element) -> bool:
    name = element.tag if isinstance(element.tag, str) else ""
    return name.rpartition("}")[2].rpartition(":")[2].lower() in {"item", "entry"}


def _recover_tree(content: bytes) -> etree._Element:
    """Return the tree that lxml can recover; raises ValueError if there is none."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    root: Any = etree.fromstring(content, parser)
    if root is None:
        raise ValueError("the document has no readable element")
    return root  # type: ignore[no-any-return]


def _name_attributes(
    prefixes: dict[str, str], attributes: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield all attributes by their usual names, then by their names as written."""
    for name, value in attributes.items():
        if " " not in name:
            yield name.lower(), value
            continue
        namespace, local = _split_name(name)
        prefix = prefixes.get((namespace or "").lower())
        yield (f"{prefix}:{local}" if prefix else local).lower(), value
    for name, value in attributes.items():
        if " " in name:
            _, local, *written = name.split()
            yield ":".join((*written, local)).lower(), value


def _split_name(name: str) -> tuple[str | None, str]:
    """Return namespace and local name; expat refuses namespaces with blanks."""
    namespace, _, rest = name.partition(" ")
    return (namespace, rest.partition(" ")[0]) if rest else (None, name)


@lru_cache(maxsize=64)
def _inherited_base(base: str) -> str:
    """Return the base URL that feedparser uses below an element that states none."""
    return make_safe_absolute_uri(base, base) or base
