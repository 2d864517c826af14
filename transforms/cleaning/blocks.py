"""The blocks of a page: its paragraphs, headings, list items and loose runs of text.

A block is the text directly inside a block element, with its inline elements, split at
nested blocks and at double line breaks. Each block records its share of link text, which
distinguishes a teaser from a sentence.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.etree import _Element

from transforms.cleaning.page import squeeze

_BLOCK_TAGS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt",
        "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
        "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody",
        "tfoot", "thead", "tr", "ul",
    )
)  # fmt: skip
_CELLS = frozenset(("td", "th"))  # a table row reads as one line
HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_TITLES = HEADINGS | {"h1"}
_SENTENCE_END = re.compile(r"[.!?…。！？।؟։:»”\"’'）)\]]$")
_WIDE = re.compile("[\u2e80-\ud7a3]")
_NO_WORD = re.compile(r"[\W_]+")
_ASCII_NO_WORD = bytes(code for code in range(128) if not chr(code).isalnum())

_LINE_BREAK = "\x0b"  # stands for a `<br>`; pages never contain it

PROSE_CHARS = 80  # a block this long is prose even without a full stop
SENTENCE_CHARS = 40


@dataclass(frozen=True, slots=True)
class Block:
    """One block of text.

    Attributes:
        text: Its text with white space squeezed and a newline for each line break.
        element: The block element that directly contains it.
        link_share: 0..1, the share of the text inside links.
        key: The letters and digits of the text, for comparison with other renderings.
        chars: Its length as prose (see `prose_chars`).
        is_prose: Whether it reads like a paragraph of an article and not like a label.
    """

    text: str
    element: _Element
    link_share: float
    key: str
    chars: int
    is_prose: bool

    @property
    def tag(self) -> str:
        """The name of the element that directly contains it."""
        return str(self.element.tag)

    @property
    def is_heading(self) -> bool:
        """Whether it is a headline or subheading."""
        return self.element.tag == "h1" or self.element.tag in HEADINGS

    @property
    def kind(self) -> str:
        """Its role for a reader: `heading`, `item` (of a list), `quote` or `text`."""
        if self.is_heading:
            return "heading"
        around = [self.element, *itertools.islice(self.element.iterancestors(), 3)]
        tags = {element.tag for element in around}
        if tags & {"li", "dd", "dt"}:
            return "item"
        is_quote = "blockquote" in tags or "quote" in (self.element.get("class") or "")
        return "quote" if is_quote else "text"


def make_block(text: str, element: _Element, link_share: float) -> Block:
    """Return the block for a text directly inside `element`."""
    chars = prose_chars(text)
    is_prose = (
        link_share < 0.5
        and element.tag not in _TITLES
        and (
            chars >= PROSE_CHARS
            or (chars >= SENTENCE_CHARS and _SENTENCE_END.search(text) is not None)
        )
    )
    return Block(text, element, link_share, key_of(text), chars, is_prose)


def prose_chars(text: str) -> int:
    """Return the length of `text`; an ideograph, kana or syllable counts as three letters."""
    if text.isascii():
        return len(text)
    return len(text) + 2 * len(_WIDE.findall(text))


def key_of(text: str) -> str:
    """Return the letters and digits of `text`, which are the same in any rendering.

    >>> key_of("The talks, he said, failed.")
    'Thetalkshesaidfailed'
    """
    # Deleting bytes is faster than a regular expression, and leaves little for it to do.
    rest = text.encode("utf-8", "surrogatepass").translate(None, _ASCII_NO_WORD)
    key = rest.decode("utf-8", "surrogatepass")
    return key if text.isascii() else _NO_WORD.sub("", key)


def read_blocks(body: _Element) -> list[Block]:
    """Return the blocks below `body` in page order."""
    reader = _Reader(body)
    reader.walk(body, in_link=False)
    reader.end_block()
    return reader.blocks


class _Reader:
    """Collects text while walking a tree of limited depth."""

    def __init__(self, body: _Element) -> None:
        self.blocks: list[Block] = []
        self._owner = body
        self._pieces: list[str] = []
        self._link_chars = 0
        self._breaks = 0

    def walk(self, element: _Element, *, in_link: bool) -> None:
        self._add(element.text, in_link=in_link)
        for child in element:
            tag = child.tag
            if tag in _BLOCK_TAGS:
                self._walk_block(child, in_link=in_link)
            elif tag == "br":
                self._break()
            elif isinstance(tag, str):
                if tag in _CELLS:
                    self._pieces.append(" ")
                self.walk(child, in_link=in_link or tag == "a")
            self._add(child.tail, in_link=in_link)

    def _walk_block(self, element: _Element, *, in_link: bool) -> None:
        self.end_block()
        outer, self._owner = self._owner, element
        self.walk(element, in_link=in_link)
        self.end_block()
        self._owner = outer

    def _add(self, text: str | None, *, in_link: bool) -> None:
        if not text:
            return
        self._pieces.append(text)
        if not text.isspace():
            self._breaks = 0
            if in_link:
                self._link_chars += len(text.strip())

    def _break(self) -> None:
        self._breaks += 1
        if self._breaks == 2:
            self.end_block()
        else:
            self._pieces.append(_LINE_BREAK)

    def end_block(self) -> None:
        if self._pieces:
            lines = map(squeeze, "".join(self._pieces).replace("\n", " ").split(_LINE_BREAK))
            text = "\n".join(line for line in lines if line)
            if any(map(str.isalnum, text)):
                share = min(1.0, self._link_chars / len(text))
                self.blocks.append(make_block(text, self._owner, share))
        self._pieces = []
        self._link_chars = self._breaks = 0


def find_container(blocks: Sequence[Block]) -> _Element | None:
    """Return the element with the most prose and the least other text.

    Each block adds to the score of every element above it: a paragraph adds its length; a
    link, label or list item subtracts. The article is in the element with the highest
    score, or the deepest of several.
    """
    sums: dict[_Element, float] = {}
    for block in blocks:
        weight = _weight(block)
        element: _Element | None = block.element
        while element is not None:
            sums[element] = sums.get(element, 0.0) + weight
            element = element.getparent()
    best = max(sums.values(), default=0.0)
    deepest = [element for element, weight in sums.items() if weight == best]
    return max(deepest, key=_depth) if best > 0 else None


def prose_in_container(blocks: Sequence[Block]) -> int:
    """Return the most characters of prose that any one element contains."""
    container = find_container(blocks)
    inside = set(container.iter()) if container is not None else set()
    return sum(len(block.text) for block in blocks if block.is_prose and block.element in inside)


def _weight(block: Block) -> float:
    chars = block.chars
    if block.link_share > 0.5:
        return -15.0 - min(chars, 100)
    if block.is_prose or (chars > 25 and _SENTENCE_END.search(block.text)):
        return chars * (1 - block.link_share)
    if block.tag in HEADINGS:
        return -5.0
    return -8.0 if block.tag == "li" else -15.0 - 0.3 * chars


def _depth(element: _Element) -> int:
    return sum(1 for _ in element.iterancestors())


def find_common(blocks: Sequence[Block], *, share: float) -> _Element | None:
    """Return the deepest element with at least `share` of the text of `blocks`."""
    chars: dict[_Element, int] = {}
    for block in blocks:
        element: _Element | None = block.element
        while element is not None:
            chars[element] = chars.get(element, 0) + len(block.text)
            element = element.getparent()
    enough = share * sum(len(block.text) for block in blocks)
    return max((element for element, n in chars.items() if n >= enough), key=_depth, default=None)
