"""Parts of a page that are not the article, cut out before the text is read.

They are known by their tag (`aside`, `nav`, `form`) or by words in an element's class, id
and similar attributes ("author-bio" holds the words "author bio"); the words are in the
seeds. A class that would remove a large share of the page's prose has another meaning on
that page (the body of the article may be called "has-sidebar") and is ignored.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Mapping

from lxml.etree import _Element
from lxml.html import HtmlElement

from transforms.cleaning.boilerplate import Boilerplate

_NO_CONTENT = frozenset(("script", "style", "template"))
_NEVER_TEXT = (
    "script", "style", "rp", "rt", "template", "svg", "iframe", "object", "embed", "canvas", "button",
    "input", "select", "option", "textarea", "audio", "video", "map", "dialog", "link", "meta",
)  # fmt: skip
_NEVER_ARTICLE = frozenset(("nav", "aside", "footer", "form", "figcaption", "menu"))
_MAY_BE_CUT = frozenset((
    "div", "section", "ul", "ol", "dl", "p", "span", "header", "table", "figure",
    "h2", "h3", "h4", "h5", "h6", "a", "li", "address", "small", "em", "i", "strong", "b", "details",
    "cite", "time", "label", "blockquote",
))  # fmt: skip
_ATTRIBUTES = frozenset(
    (
        "class",
        "id",
        "role",
        "data-component",
        "data-testid",
        "data-module",
        "data-type",
        "itemprop",
        "aria-label",
    )
)
_MAX_NAME_CHARS = 500
_MAX_PROSE_SHARE = 0.3
_PROSE_RUN = 60
_CONTROL_CHARS = 1000
_USED = 0.15
_MAX_HEADLINES = 20
_HEADER_LEVELS = 2  # how many levels above a headline to look for its standfirst

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_WORD = re.compile(r"[^a-z]+")
# "AdDsWC" is a randomly named anchor; "the-actor-wore-a-similar-coat" names a heading.
_ID_OF_TEXT = re.compile(r"^(?=[A-Za-z0-9]*[A-Z])[A-Za-z0-9]{6}$|^(?:[^-_]+[-_]){5}")
_NEGATED = ("has-", "no-", "not-", "with-", "without-", "is-", "js-", "hide-", "disable-")


def cut_markup(tree: HtmlElement) -> None:
    """Remove everything that is never text: scripts, controls, embedded frames.

    A control with prose in it was never closed and contains the whole page, so it is kept.
    """
    for element in list(tree.iter(*_NEVER_TEXT)):
        if element.tag in _NO_CONTENT or _run_chars(element) <= _CONTROL_CHARS:
            cut(element)


def cut_regions(body: HtmlElement, boilerplate: Boilerplate) -> None:
    """Remove the elements whose tag or name excludes them from the article."""
    measure = _choose_measure(body)
    limit = _MAX_PROSE_SHARE * measure(body)
    spared = _find_spared(body, boilerplate)
    for elements in _find_regions(body, boilerplate):
        doomed = [element for element in elements if element not in spared]
        if sum(map(measure, doomed)) <= limit:
            for element in doomed:
                cut(element)


def _choose_measure(body: HtmlElement) -> Callable[[_Element], int]:
    """Return the function that counts this page's prose: by paragraphs if it has any."""
    return _paragraph_chars if _paragraph_chars(body) >= _USED * _run_chars(body) else _run_chars


def _paragraph_chars(element: _Element) -> int:
    """Return the number of characters in an element's paragraphs."""
    paragraphs = [element] if element.tag == "p" else element.iter("p")
    return sum(len(text) for paragraph in paragraphs for text in paragraph.itertext())


def _run_chars(element: _Element) -> int:
    """Return the number of characters in an element's runs of more than label length."""
    return sum(len(text) for text in element.itertext() if len(text) >= _PROSE_RUN)


def _find_spared(body: HtmlElement, boilerplate: Boilerplate) -> set[_Element]:
    """Return the headline, the standfirst near it, and all their ancestors."""
    spared: set[_Element] = set()
    for headline in itertools.islice(body.iter("h1"), _MAX_HEADLINES):
        above = list(headline.iterancestors())
        spared.update((headline, *above))
        near = above[min(_HEADER_LEVELS, len(above)) - 1]
        for element in near.iter("h2", "h3", "p", "div", "span"):
            names = (element.get("class") or "").split()
            if any(boilerplate.standfirst.search(words_of(name)) for name in names):
                spared.add(element)
                spared.update(element.iterancestors())
    return spared


def _find_regions(body: HtmlElement, boilerplate: Boilerplate) -> list[list[_Element]]:
    """Return the excluded elements, grouped by the tag or name that excludes them."""
    known: dict[str, str | None] = {}
    tagged: defaultdict[str, list[_Element]] = defaultdict(list)
    named: defaultdict[str, list[_Element]] = defaultdict(list)
    hidden: list[list[_Element]] = []
    for element in body.iterdescendants():
        tag = element.tag
        if tag in _NEVER_ARTICLE:
            tagged[str(tag)].append(element)
        elif tag in _MAY_BE_CUT:
            attributes = element.items()
            name = _find_name(attributes, known, boilerplate) if attributes else None
            if name is not None:
                named[name].append(element)
            elif attributes and _is_hidden(dict(attributes)):
                hidden.append([element])
    return [*tagged.values(), *named.values(), *hidden]


def _find_name(
    attributes: list[tuple[str, str]], known: dict[str, str | None], boilerplate: Boilerplate
) -> str | None:
    """Return the name in an element's attributes that excludes it."""
    for attribute, value in attributes:
        if attribute not in _ATTRIBUTES or (attribute == "id" and _ID_OF_TEXT.search(value)):
            continue
        if value not in known:
            known[value] = _region_name(value, boilerplate)
        if known[value] is not None:
            return known[value]
    return None


def _region_name(value: str, boilerplate: Boilerplate) -> str | None:
    """Return the first name in an attribute that excludes its element, or None."""
    if len(value) > _MAX_NAME_CHARS:
        return None
    return next((name for name in value.split() if boilerplate.region.search(words_of(name))), None)


def words_of(name: str) -> str:
    """Return the words of a class or id, space-separated, lower case; "" if negated.

    >>> words_of("ArticleBody__authorBio-2")
    ' article body author bio '
    >>> words_of("has-sidebar")
    ''
    """
    if name.startswith(_NEGATED):
        return ""
    return f" {_NO_WORD.sub(' ', _CAMEL.sub(' ', name).lower()).strip()} "


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    return "display:none" in attributes.get("style", "").replace(" ", "").lower()


def cut(element: _Element) -> None:
    """Remove an element and its content; the text after it is kept."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = f"{parent.text or ''} {element.tail}"
        else:
            before.tail = f"{before.tail or ''} {element.tail}"
    parent.remove(element)
