"""feedparser's strict parser without the work whose result nobody reads.

It answers as `feedparser.parse` does with sanitizing and link resolving off, for
well-formed UTF-8 without a document type; a test holds both side by side. What it saves:
the search for a charset that is known, SAX's objects between expat and feedparser, deep
copies of flat dictionaries, addresses joined anew at every tag, and dates, which
`read_loosely` gives where our own reading has need of them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from xml.parsers import expat

from feedparser.api import StrictFeedParser
from feedparser.datetimes import _parse_date
from feedparser.urls import make_safe_absolute_uri

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
