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
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from lxml.etree import _Element
from lxml.html import HtmlElement

from transforms.cleaning.boilerplate import Boilerplate
from transforms.patterns import LazyPattern

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
_ARTICLE_CHARS = 500  # fewer characters are a notice
_PROSE_RUN = 60
_CONTROL_CHARS = 1000
_USED = 0.15
_MAX_HEADLINES = 20
_HEADER_LEVELS = 2  # how many levels above a headline to look for its standfirst

_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_NO_HEADINGS = frozenset(("contents", "tags", "caption"))  # kinds that no heading is itself
_MAY_EMBED = frozenset(("share", "chrome"))  # kinds that may hold a quoted post

_CONTENTS_CHARS = 300  # the lines of a table of contents are short

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_WORD = re.compile(r"[^a-z]+")
_DIGIT = re.compile(r"\d")
_CODE = re.compile(r"(?<![a-z0-9])[a-z]*\d+[a-z][a-z0-9]*")  # "1ad269" is a random key, not an "ad"
# "AdDsWC" is a randomly named anchor; "the-actor-wore-a-similar-coat" names a heading.
_ID_OF_TEXT = re.compile(r"^(?=[A-Za-z0-9]*[A-Z])[A-Za-z0-9]{6}$|^(?:[^-_]+[-_]){5}")
_NEGATED = ("has-", "no-", "not-", "with-", "without-", "is-", "js-", "hide-", "disable-")


class Name(NamedTuple):
    """A class or id that excludes its elements from the article, and what they are."""

    text: str
    kind: str


def cut_markup(tree: HtmlElement) -> None:
    """Remove everything that is never text: scripts, controls, embedded frames.

    A control with prose in it was never closed and contains the whole page, so it is kept.
    """
    for element in list(tree.iter(*_NEVER_TEXT)):
        if element.tag in _NO_CONTENT or _run_chars(element) <= _CONTROL_CHARS:
            cut(element)


def cut_regions(body: HtmlElement, boilerplate: Boilerplate) -> None:
    """Remove the elements whose tag or name excludes them from the article."""
    measure, total = _choose_measure(body)
    spared = _find_spared(body, boilerplate)
    for kind, elements in _find_regions(body, boilerplate):
        doomed = [element for element in elements if element not in spared]
        chars = sum(map(measure, doomed))
        if chars <= _MAX_PROSE_SHARE * total or (
            # comments may be longer than the article before them
            kind == "comment" and total - chars >= _ARTICLE_CHARS and _is_late(body, doomed[0])
        ):
            for element in doomed:
                cut(element)
            total -= chars if kind == "comment" else 0


def _is_late(body: HtmlElement, element: _Element) -> bool:
    """Return whether there is an article's worth of paragraphs before `element`."""
    chars = 0
    for paragraph in body.iter("p", str(element.tag)):
        if paragraph is element:
            return False
        if paragraph.tag == "p":
            chars += sum(map(len, paragraph.itertext()))
            if chars >= _ARTICLE_CHARS:
                return True
    return False


def _choose_measure(body: HtmlElement) -> tuple[Callable[[_Element], int], int]:
    """Return the function that counts this page's prose, by paragraphs if it has any.

    With it comes the page's total.
    """
    in_paragraphs = _paragraph_chars(body)
    # All text is quicker to count than the runs, and most pages have more than enough paragraphs.
    if in_paragraphs >= _USED * len(body.text_content()):
        return _paragraph_chars, in_paragraphs
    in_runs = _run_chars(body)
    if in_paragraphs >= _USED * in_runs:
        return _paragraph_chars, in_paragraphs
    return _run_chars, in_runs


def _paragraph_chars(element: _Element) -> int:
    """Return the number of characters in an element's paragraphs."""
    paragraphs = [element] if element.tag == "p" else element.iter("p")
    return sum([len(text) for paragraph in paragraphs for text in paragraph.itertext()])


def _run_chars(element: _Element) -> int:
    """Return the number of characters in an element's runs of more than label length."""
    if not len(element):
        inside = len(element.text or "")
        return inside if inside >= _PROSE_RUN else 0
    return sum([size for text in element.itertext() if (size := len(text)) >= _PROSE_RUN])


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


def _find_regions(body: HtmlElement, boilerplate: Boilerplate) -> list[tuple[str, list[_Element]]]:
    """Return the kind and the elements of each tag or name that excludes them."""
    names = _Names(boilerplate)
    tagged: defaultdict[str, list[_Element]] = defaultdict(list)
    named: defaultdict[Name, list[_Element]] = defaultdict(list)
    hidden: list[tuple[str, list[_Element]]] = []
    for element in body.iterdescendants():
        tag = element.tag
        if tag in _NEVER_ARTICLE:
            tagged[str(tag)].append(element)
        elif tag in _MAY_BE_CUT:
            attributes = element.items()
            if not attributes:
                continue
            name = names.of(element, attributes)
            if name is not None:
                named[name].append(element)
            elif _is_hidden(attributes):
                hidden.append(("hidden", [element]))
    return [
        *(("tag", elements) for elements in tagged.values()),
        *((name.kind, elements) for name, elements in named.items()),
        *hidden,
    ]


def _is_content(element: _Element, kind: str) -> bool:
    """Return whether an element with an excluding name is part of the article all the same."""
    if element.tag in _HEADINGS and kind in _NO_HEADINGS:
        return True
    if kind == "contents":  # a section that the table of contents links to
        return _run_chars(element) > _CONTENTS_CHARS
    return kind in _MAY_EMBED and next(element.iter("blockquote"), None) is not None


class _Names:
    """The names that exclude elements from the article; each is looked at once a page."""

    def __init__(self, boilerplate: Boilerplate) -> None:
        self._boilerplate = boilerplate
        self._names: dict[str, Name | None] = {}
        self._values: dict[str, Name | None] = {}

    def of(self, element: _Element, attributes: list[tuple[str, str]]) -> Name | None:
        """Return the name in an element's attributes that excludes it."""
        values = self._values
        for attribute, value in attributes:
            if attribute not in _ATTRIBUTES:
                continue
            if value not in values:
                values[value] = self._in_value(value)
            name = values[value]
            if name is None:
                continue
            if attribute == "id" and (element.tag in _HEADINGS or _ID_OF_TEXT.search(value)):
                continue
            if not _is_content(element, name.kind):
                return name
        return None

    def _in_value(self, value: str) -> Name | None:
        """Return the first name in an attribute that excludes its element, or None."""
        if len(value) > _MAX_NAME_CHARS:
            return None
        for name in value.split():
            if name not in self._names:
                self._names[name] = self._judge(words_of(name), name)
            found = self._names[name]
            if found is not None and " widget " in words_of(name):
                found = self._judge_widget(name, value)
            if found is not None:
                return found
        return None

    def _judge(self, words: str, name: str) -> Name | None:
        found = _find_words(words, self._boilerplate.region)
        return Name(name, self._boilerplate.region_kinds[found]) if found else None

    def _judge_widget(self, name: str, value: str) -> Name | None:
        """Return what excludes a "widget": with some page builders every paragraph is one."""
        words = words_of(name)
        if self._boilerplate.builder.search(words_of(value)):
            words = words.replace(" widget ", "  ")
        return self._judge(words, name)


@lru_cache(maxsize=16_384)  # the pages of a site share their names
def words_of(name: str) -> str:
    """Return the words of a class or id, space-separated, lower case; "" if negated.

    >>> words_of("ArticleBody__authorBio-2")
    ' article body author bio '
    >>> words_of("component_1ad269")
    ' component '
    >>> words_of("has-sidebar")
    ''
    """
    if name.startswith(_NEGATED):
        return ""
    words = _CAMEL.sub(" ", name).lower()
    if _DIGIT.search(words):
        words = _CODE.sub(" ", words)
    return f" {_NO_WORD.sub(' ', words).strip()} "


@lru_cache(maxsize=16_384)  # names differ in numbers, and pages of a site share their names
def _find_words(words: str, region: LazyPattern) -> str | None:
    """Return the first words that exclude an element, among those of its name."""
    match = region.search(words)
    return match[1] if match else None


def _is_hidden(attributes: list[tuple[str, str]]) -> bool:
    for attribute, value in attributes:
        if attribute == "style":
            if "display:none" in value.replace(" ", "").lower():
                return True
        elif attribute == "hidden" or (attribute == "aria-hidden" and value == "true"):
            return True
    return False


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
