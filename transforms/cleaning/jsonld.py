"""Facts that a publisher states about a page in JSON-LD, the metadata for search engines.

The page's article is described by one of its JSON-LD objects: one of an article type
and, if there are several, the one that points to the page's URL or headline. Broken JSON
is repaired if that is safe (line breaks in strings, trailing commas, comment and CDATA
marks), otherwise skipped.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml.html import HtmlElement, fragment_fromstring

from transforms.cleaning.page import squeeze
from transforms.references import unescape

MAX_SCRIPT_CHARS = 1_000_000  # 10 MB of JSON-LD took 1.4 GB of memory
MAX_OBJECTS = 5_000  # on a page; those after them are not looked at
MAX_LINE_CHARS = 10_000  # of a headline, a name or a description as written
MAX_NAMES = 100  # of people, organizations or keywords; a study may have 40 authors

_OPENINGS = ("<!--", "<![CDATA[")
_CLOSINGS = ("-->", "]]>")
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_ARTICLE = re.compile(r"(?:Article|BlogPosting|Report|Review|Posting)$")
_PAGE = re.compile(r"(?:WebPage|VideoObject|AudioObject|PodcastEpisode|Recipe|Event|ImageGallery)$")
_MARKUP = re.compile(
    r"</?(?:p|br|div|h[1-6]|a|b|i|em|strong|ul|li|span|blockquote)\b[^>]{0,500}>", re.IGNORECASE
)

Node = dict[str, object]


@dataclass(frozen=True, slots=True)
class Statement:
    """Statements of the JSON-LD about the article; empty fields are not stated.

    `types` are the types of all objects on the page ("NewsArticle", "Product").
    """

    headline: str | None = None
    description: str | None = None
    body: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    modified: str | None = None
    publisher: str | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    image: str | None = None
    language: str | None = None
    url: str | None = None
    is_free: bool | None = None
    is_article: bool = False
    types: frozenset[str] = frozenset()


def read_jsonld(tree: HtmlElement, url: str | None = None) -> Statement:
    """Return the statements of a page's JSON-LD about its article.

    Args:
        tree: The page, before its scripts are cut.
        url: The page's URL, to distinguish its article from others described there.
    """
    found = (node for script in _scripts(tree) for node in _walk(script))
    nodes = list(itertools.islice(found, MAX_OBJECTS))
    types = frozenset(kind for node in nodes for kind in _types(node))
    main = _find_main(nodes, url or "")
    if main is None:
        return Statement(types=types)
    by_id = {str(node["@id"]): node for node in nodes if "@id" in node and len(node) > 1}
    return replace(_read(main, by_id), types=types)


def _scripts(tree: HtmlElement) -> Iterator[object]:
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        text = (script.text or "").strip()
        if 2 < len(text) <= MAX_SCRIPT_CHARS:
            loaded = _load(text)
            if loaded is not None:
                yield loaded


def _load(text: str) -> object:
    for read in (str, _repaired):
        try:
            loaded: object = json.loads(read(text), strict=False)
        except (ValueError, RecursionError):  # ValueError: broken, or a number of 4,300 digits
            continue
        return loaded
    return None


def _repaired(text: str) -> str:
    return _TRAILING_COMMA.sub(r"\1", _without_marks(text))


def _without_marks(text: str) -> str:
    """Return JSON without the marks of a comment or CDATA around it, and the `;` behind it.

    >>> _without_marks("// <![CDATA[ {} //]]>")
    ' {}'
    """
    start = text.lstrip().removeprefix("//").lstrip()
    text = next((start.removeprefix(mark) for mark in _OPENINGS if start.startswith(mark)), text)
    end = text.rstrip()
    if end.endswith(_CLOSINGS):
        end = end[: -len(_CLOSINGS[0])].rstrip().removesuffix("//").rstrip()
    return end.rstrip(";")


def _walk(value: object) -> Iterator[Node]:
    """Yield the objects in a JSON value, outermost first."""
    pending = deque([value])
    while pending:
        item = pending.popleft()
        if isinstance(item, list):
            pending.extendleft(reversed(item))
        elif isinstance(item, dict):
            yield item
            pending.extend(found for found in item.values() if isinstance(found, dict | list))


def _types(node: Node) -> list[str]:
    found = node.get("@type")
    return [
        kind for kind in (found if isinstance(found, list) else [found]) if isinstance(kind, str)
    ]


def _find_main(nodes: list[Node], url: str) -> Node | None:
    """Return the object that describes the page's article."""
    for pattern in (_ARTICLE, _PAGE):
        found = [
            node
            for node in nodes
            if any(pattern.search(kind) for kind in _types(node)) and _says_much(node)
        ]
        if found:
            path = url.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0].rstrip("/")
            named = [node for node in found if path and path in _addresses(node)]
            return max(named or found[:1], key=len)
    return None


def _says_much(node: Node) -> bool:
    return any(node.get(key) for key in ("headline", "datePublished", "author", "articleBody"))


def _addresses(node: Node) -> set[str]:
    values = [node.get("url"), node.get("@id"), node.get("mainEntityOfPage")]
    values += [value.get("@id") for value in values if isinstance(value, dict)]
    return {
        value.split("?")[0].split("#")[0].rstrip("/") for value in values if isinstance(value, str)
    }


def _read(node: Node, by_id: dict[str, Node]) -> Statement:
    free = node.get("isAccessibleForFree")
    return Statement(
        headline=_text(node.get("headline")) or _text(node.get("name")),
        description=_text(node.get("description")),
        body=_paragraphs(node.get("articleBody")),
        authors=tuple(_names(node.get("author") or node.get("creator"), by_id)),
        published=_text(node.get("datePublished")) or _text(node.get("dateCreated")),
        modified=_text(node.get("dateModified")),
        publisher=next(iter(_names(node.get("publisher"), by_id)), None),
        section=next(iter(_texts(node.get("articleSection"))), None),
        keywords=tuple(_keywords(node.get("keywords"))),
        image=_image(node.get("image")),
        language=_text(node.get("inLanguage")),
        url=_text(node.get("url")),
        is_free=None if free is None else str(free).strip().lower() not in {"false", "0", "no"},
        is_article=any(_ARTICLE.search(kind) for kind in _types(node)),
    )


def _text(value: object) -> str | None:
    """Return a value as plain text, without markup and double escapes."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if not isinstance(value, str):
        return None
    plain = unescape(unescape(value[:MAX_LINE_CHARS]))
    return squeeze(_MARKUP.sub(" ", plain)) or None


def _listed(value: object) -> list[object]:
    """Return the values of a list, at most `MAX_NAMES`; one value as a list of one."""
    return value[:MAX_NAMES] if isinstance(value, list) else [value]


def _texts(value: object) -> list[str]:
    return [text for text in map(_text, _listed(value)) if text]


def _keywords(value: object) -> list[str]:
    found = [part.strip() for text in _texts(value) for part in text.split(",")][:MAX_NAMES]
    return list(dict.fromkeys(part for part in found if part))


def _names(value: object, by_id: dict[str, Node]) -> list[str]:
    """Return the names of people or organizations, in order, as written."""
    names = []
    for item in _listed(value):
        known = by_id.get(str(item.get("@id")), item) if isinstance(item, dict) else item
        if isinstance(known, dict) and isinstance(known.get("name"), list):
            names += _texts(known["name"])
        elif name := _text(known):
            names.append(name)
    return [name for name in names if not name.startswith(("http:", "https:"))]


def _image(value: object) -> str | None:
    for item in value if isinstance(value, list) else [value]:
        url = item.get("url") if isinstance(item, dict) else item
        if isinstance(url, str) and url.strip():
            return url.strip()
    return None


def _paragraphs(value: object) -> str | None:
    """Return an article body with one paragraph per line."""
    if not isinstance(value, str):
        return None
    text = unescape(value)
    if _MARKUP.search(text):
        element = fragment_fromstring(text, create_parent="div")
        for block in element.iter("p", "br", "div", "h1", "h2", "h3", "h4", "li", "blockquote"):
            block.tail = f"\n{block.tail or ''}"
        text = "".join(element.itertext())
    lines = (squeeze(line) for line in text.splitlines())
    return "\n".join(line for line in lines if line) or None
