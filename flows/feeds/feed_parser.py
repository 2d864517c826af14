"""feedparser, made to answer whatever the document: it stays here and in `strict_parser`.

It gets a stream, never an address or a path (it would open both), and neither cleans
markup nor resolves links in it. A dozen kinds of exception escape from it on odd input
(its issue 599); then the document is mended by lxml, and if that does not help, each item
is read alone, so that one broken item costs only itself. Well-formed documents, nearly
all, take the short way through it.

feedparser's strict parser without the work whose result nobody reads.

It answers as `feedparser.parse` does with sanitizing and link resolving off, for
well-formed UTF-8 without a document type; a test holds both side by side. What it saves:
the search for a charset that is known, SAX's objects between expat and feedparser, deep
copies of flat dictionaries, addresses joined anew at every tag, and dates, which
`read_loosely` gives where our own reading has need of them.
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
from feedparser.urls import make_safe_absolute_uri
from lxml import etree

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


_USERLAND = "backend.userland.com/rss"  # feedparser takes its namespaces for one
_MARKUP = {"math": "http://www.w3.org/1998/Math/MathML", "svg": "http://www.w3.org/2000/svg"}
# Attributes and elements that change more than their element are left to feedparser.
_FAR_REACHING = frozenset({"base", "lang", "xml:base", "xml:lang", "xmlns", "xmlns:xlink"})
_ROOTS = frozenset({"feed", "rss"})
_IN_TEXTINPUT = frozenset({"title", "link", "description", "name"})
_IN_IMAGE = frozenset({"title", "link", "description", "url", "href", "width", "height"})


def parse_strictly(content: bytes) -> StrictReader:
    """Return what feedparser's strict parser makes of a document.

    Raises:
        expat.ExpatError: It is not well-formed.
        Exception: A dozen other kinds, on odd input.
    """
    reader = StrictReader()
    parser = expat.ParserCreate("utf-8", " ", intern={})
    parser.namespace_prefixes = True
    parser.StartNamespaceDeclHandler = reader.startPrefixMapping
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.handle_data
    parser.Parse(content, True)  # noqa: FBT003  # no more is to come
    return reader


def read_loosely(raw: str) -> datetime | None:
    """Return feedparser's own reading of a date, None where it is no date at all."""
    parsed: time.struct_time | None = _parse_date(raw)
    try:
        return datetime(*parsed[:6], tzinfo=UTC) if parsed else None
    except ValueError:
        return None


class Construct(dict[str, Any]):
    """What is known of a text construct; flat, and so are its copies."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Construct:
        return Construct(self)


class StrictReader(StrictFeedParser):  # type: ignore[misc]  # it has no types
    """A document being read; `feeddata`, `entries` and `version` are the result."""

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
        """Note a namespace; from here on elements may have other names."""
        self._begun.clear()
        self._ended.clear()
        super().track_namespace(prefix, uri)

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element, all names as expat gives them: `namespace local prefix`."""
        known = self._begun.get(name)
        if known is None:
            known = self._begun[name] = self._begun_as(name)
        tag, markup = known
        stated, self.decls = self.decls, {}
        if markup:
            stated["xmlns"] = markup
        if attributes:
            stated.update(_spelled(self._matchnamespaces, attributes))
        is_plain = not self.incontent and tag not in _ROOTS
        if is_plain and _FAR_REACHING.isdisjoint(stated):
            self._begin_plain(tag, stated)
        else:
            self.unknown_starttag(tag, list(stated.items()))

    def end(self, name: str) -> None:
        """End an element."""
        tag = self._ended.get(name)
        if tag is None:
            namespace, local = _parts(name)
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
        """Return an address made absolute where the document names a base."""
        # feedparser takes a third slash out
        if not self.baseuri and ":///" not in uri:
            return uri
        return str(super().resolve_uri(uri))

    def _begin_plain(self, tag: str, stated: dict[str, str]) -> None:
        """Do what `unknown_starttag` does outside of text with nothing far-reaching."""
        for key in stated.keys() & {"rel", "type"}:
            stated[key] = stated[key].lower()
        self.depth += 1
        self.baseuri = _settled(self.baseuri)
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
        except AttributeError:  # no such method, or it could not do its work
            if stated:
                self._get_context()[tag] = stated
            else:
                self.push(tag, 1)

    def _begun_as(self, name: str) -> tuple[str, str | None]:
        """Return the tag, and the namespace of markup that has to be stated on it."""
        namespace, local = _parts(name)
        local = local.lower()
        markup = namespace if namespace and _MARKUP.get(local) == namespace else None
        if namespace and _USERLAND in namespace.lower():
            namespace = f"http://{_USERLAND}"
        return self._tag(namespace, local), markup

    def _tag(self, namespace: str | None, local: str) -> str:
        """Return a name with its usual prefix, else with the one that was declared first."""
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


def _spelled(prefixes: dict[str, str], attributes: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each attribute under its usual name, then under the one that was written."""
    for name, value in attributes.items():
        if " " not in name:
            yield name.lower(), value
            continue
        namespace, local = _parts(name)
        prefix = prefixes.get((namespace or "").lower())
        yield (f"{prefix}:{local}" if prefix else local).lower(), value
    for name, value in attributes.items():
        if " " in name:
            _, local, *written = name.split()
            yield ":".join((*written, local)).lower(), value


def _parts(name: str) -> tuple[str | None, str]:
    """Return the namespace and the local name; expat refuses namespaces with blanks."""
    namespace, _, rest = name.partition(" ")
    return (namespace, rest.partition(" ")[0]) if rest else (None, name)


@lru_cache(maxsize=64)
def _settled(base: str) -> str:
    """Return the base address that feedparser has below an element that states none."""
    return make_safe_absolute_uri(base, base) or base
