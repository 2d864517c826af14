"""The bylines that a page shows near its headline.

Elements marked as the author (`rel`, `itemprop`) are most often right, then those with a
class such as "byline", links to an author's page, lines that open like a byline ("By
..."), and known names next to the day. Several authors are next to each other; later bylines belong to other articles.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from lxml.etree import _Element
from lxml.html import HtmlElement

from transforms.cleaning.authors import is_known_person
from transforms.cleaning.bylines import Bylines
from transforms.cleaning.page import squeeze

_BYLINE_NAME = re.compile(
    r"author|byline|by-line|autor(?!id)|auteur|autore\b|journalist|writer|redakteur|verfasser"
    r"|skribent|forfatter|contributor|posted-by|written-by|reporter",
    re.IGNORECASE,
)
_NO_BYLINE = re.compile(
    r"comment|related|promo|teaser|bio\b|card-list|sidebar|recirc|popular|widget|footer",
    re.IGNORECASE,
)
_AUTHOR_PAGE = re.compile(
    r"/(?:authors?|auth(?:or)?s|auteurs?|autor(?:e|es|en|in|a|as|i|zy|ka)?|journalist(?:e|es|en|s|i)?"
    r"|columnists?|contributors?|writers?|reporters?|byline|redacteurs?|forfatter|skribenter"
    r"|yazar(?:lar)?|penulis)/[^/?#]{2,80}/?(?:[?#].*)?$",
    re.IGNORECASE,
)
_BYLINE_TAGS = (
    "a", "span", "div", "p", "address", "cite", "li", "strong", "em", "b", "i", "small", "time", "figcaption",
    "h2", "h3", "h4", "h5", "h6", "section", "ul", "header", "td", "font",
)  # fmt: skip
_HEADLINE_TAGS = frozenset(("a", "h2", "h3", "h4", "h5"))  # "By the sea" links to another article
_NOT_SHOWN = frozenset(("script", "style", "noscript", "template"))
_MAX_BYLINE_CHARS = 150
_MAX_TEXT_CHARS = 1000  # more than all the limits here
_MAX_AUTHORS = 40
_MAX_OPENING_CHARS = 90
_MAX_OPENING_WORDS = 5  # "By Growing Cells in Rice Grains" is a headline
_MAX_LINK_WORDS = 5
_MAX_LINK_CHARS = 1000  # of text after the headline: later links are to people in the news
_BETWEEN_NAMES = re.compile(r",|&|/|;|\n|\s(?:and|und|et|y|e|en|og|och|dan|и|та|і)\s")
_KINDS = ("marked", "named", "linked", "opening", "dated")
_MAX_DATED_CHARS = 300
_MAX_NAME_CHARS = 60
_DATED = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\d min")


def find_bylines(tree: HtmlElement, bylines: Bylines) -> list[list[str]]:
    """Return the texts of the elements that are the byline, one list for each kind of mark.

    Only elements after the headline count, because menus come before it.

    Args:
        tree: The page, before anything is cut out of it.
        bylines: The words used in bylines.
    """
    opening = bylines.opening
    found: dict[str, list[tuple[_Element, str]]] = {}
    past_headline = False
    passed = 0
    for element in tree.iter("h1", *_BYLINE_TAGS):
        passed += len(element.text or "")
        if element.tag == "h1":
            found = found if past_headline else {}
            passed = passed if past_headline else 0
            past_headline = True
        elif passed > _MAX_LINK_CHARS and _is_author_link(element):
            continue
        elif kind := _byline_kind(element, opening):
            found.setdefault(kind, []).append((element, _whole_text(element, opening)))
        elif past_headline and passed < _MAX_DATED_CHARS and _is_dated_name(element, bylines):
            found.setdefault("dated", []).append((element, _text(element)))
        is_near = past_headline and passed <= _MAX_LINK_CHARS
        if is_near and (line := _line_behind(element, opening)):
            found.setdefault("opening", []).append((element, line))
    lists = (_texts_together(found.get(kind, [])) for kind in _KINDS)
    return [texts for texts in lists if texts]


def _texts_together(found: Sequence[tuple[_Element, str]]) -> list[str]:
    """Return the text of the first element and of those next to it."""
    readable = [(element, text) for element, text in found if 0 < len(text) <= _MAX_BYLINE_CHARS]
    if not readable:
        return []
    around = readable[0][0]
    for above in readable[0][0].iterancestors():
        if len(_text(above)) > 2 * _MAX_BYLINE_CHARS:
            break
        around = above
    inside = set(around.iter())
    return [text for element, text in readable[:_MAX_AUTHORS] if element in inside]


def _whole_text(element: _Element, opening: re.Pattern[str]) -> str:
    """Return an element's text, with the text around it if it is no more than "Written by"."""
    text = _text(element)
    parent = element.getparent()
    if parent is not None and text and _is_bare(text, opening):
        whole = _text(parent)
        return whole if len(whole) <= _MAX_BYLINE_CHARS else text
    return text


def _is_bare(text: str, opening: re.Pattern[str]) -> bool:
    match = opening.match(f"{text} x")
    return match is not None and match.end() > len(text)


def _text(element: _Element) -> str:
    """Return an element's text; of one with more than a byline, only the beginning."""
    pieces = []
    chars = 0
    for node in element.iter():
        texts = (
            node.text if node.tag not in _NOT_SHOWN else None,
            node.tail if node is not element else None,
        )
        for text in filter(None, texts):
            pieces.append(squeeze(text[:_MAX_TEXT_CHARS]))
            chars += len(pieces[-1])
        if chars > _MAX_TEXT_CHARS:
            break
    return "\n".join(filter(None, pieces))


def _byline_kind(element: _Element, opening: re.Pattern[str]) -> str | None:
    """Return why an element may be a byline: marked, named or linked so, or opening like one."""
    attributes = dict(element.items())
    if "author" in attributes.get("rel", "").split() or "author" in attributes.get("itemprop", ""):
        return "marked"
    if attributes and _is_byline_name(
        " ".join([attributes.get(key, "") for key in ("class", "id", "data-testid")])
    ):
        return "named"
    if _is_author_link(element):
        text = _text(element)
        return "linked" if 0 < len(text.split()) <= _MAX_LINK_WORDS else None
    text = (element.text or "").lstrip() if element.tag not in _HEADLINE_TAGS else ""
    if not text or len(text) > _MAX_OPENING_CHARS or not opening.match(f"{text} x"):
        return None
    whole = _text(element)
    return "opening" if _opens(whole, opening) or _is_bare(whole, opening) else None


def _is_dated_name(element: _Element, bylines: Bylines) -> bool:
    """Return whether an element is a known name, next to the day or the time to read."""
    text = squeeze(element.text or "")
    if not 0 < len(text) <= _MAX_NAME_CHARS or element.tag in _HEADLINE_TAGS - {"a"}:
        return False
    whole = _text(element)
    if not all(is_known_person(squeeze(name), bylines) for name in _BETWEEN_NAMES.split(whole)):
        return False
    for above in element.iterancestors():
        around = _text(above)
        if len(around) > _MAX_BYLINE_CHARS:
            return False
        if _DATED.search(around):
            return True
    return False


def _line_behind(element: _Element, opening: re.Pattern[str]) -> str | None:
    """Return the byline in the text behind an element, None if it is none."""
    line = squeeze((element.tail or "")[: 2 * _MAX_OPENING_CHARS])
    if not line or not opening.match(f"{line} x"):
        return None
    link = element.getnext()
    is_verb = _text(element)[-1:].isalpha()  # "<a>Reviewed</a> by <a>Tom Reed</a>"
    if link is not None and not is_verb and _is_bare(line, opening):
        line = f"{line} {_text(link)}"
    return line if _opens(line, opening) else None


def _opens(text: str, opening: re.Pattern[str]) -> bool:
    """Return whether a text opens like a byline and is no longer than one."""
    text = text.strip()
    if not 2 < len(text) <= _MAX_OPENING_CHARS or not opening.match(f"{text} x"):
        return False
    parts = _BETWEEN_NAMES.split(text)
    return max(len(part.split()) for part in parts) <= _MAX_OPENING_WORDS


def _is_author_link(element: _Element) -> bool:
    return element.tag == "a" and _AUTHOR_PAGE.search(element.get("href", "")) is not None


@lru_cache(maxsize=16_384)  # the elements of a page, and the pages of a site, share their names
def _is_byline_name(name: str) -> bool:
    """Return whether an element's class and ids are those of a byline."""
    return len(name) < 300 and _BYLINE_NAME.search(name) is not None and not _NO_BYLINE.search(name)
