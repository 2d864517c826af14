"""Which blocks of a page are the article: the decision between candidates.

Four sources say what the text is: trafilatura, the container with the most prose, the
publisher's own JSON-LD `articleBody`, and the full text of the feed. The first two see
the blocks of the page, and prose on which they agree is the anchor: its common element
bounds the article. Within it a block is kept where trafilatura took it or where it reads
and is marked up like the anchors. The other two step in where the page itself shows far
less than they hold. No source is trusted alone, and how much they agreed is recorded.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import trafilatura
from lxml.etree import _Element
from lxml.html import HtmlElement

from transforms.cleaning.blocks import (
    HEADINGS,
    Block,
    find_common,
    find_container,
    key_of,
    read_blocks,
)
from transforms.cleaning.boilerplate import Boilerplate
from transforms.cleaning.page import parse_page
from transforms.cleaning.regions import cut_regions, words_of

_SHINGLE_CHARS = 12
_MUCH_LONGER = 2
_WRAPPERS = frozenset(
    ("li", "ul", "ol", "dl", "dd", "dt", "blockquote", "table", "tbody", "thead", "tr", "td", "th")
)
TRAFILATURA = importlib.metadata.version("trafilatura")
_LIST_MARK = re.compile(r"^- ")
_MIN_CHARS = 300
_MAX_SCRIPT_CHARS = 3_000_000
# A string literal: each character belongs to one alternative only, so matching is linear.
_STRING = re.compile(rf'"((?:[^"\\\n]|\\.){{{_MIN_CHARS},}})"')
_WORD = re.compile(r"\w{2,}")
_TITLE_SHARE = 0.4
_PARAGRAPH = re.compile(r"(?:<|\\u003[cC])p\b")


@dataclass(frozen=True, slots=True)
class Selection:
    """The blocks that were taken for the article.

    Attributes:
        extractor: `consensus`, or `trafilatura` or `blocks` where only one found prose.
        agreement: 0..1, the share of the chosen text that both took.
    """

    blocks: tuple[Block, ...]
    extractor: str
    agreement: float


@dataclass(frozen=True, slots=True)
class Draft:
    """Lines that may be the article.

    Attributes:
        extractor: What found them; see `Selection`, `json_ld` or `feed`.
        agreement: 0..1, how much of them another source confirms.
        kinds: What lines are to a reader (see `Block.kind`) by their keys, where it is known.
    """

    lines: tuple[str, ...]
    extractor: str
    agreement: float
    kinds: Mapping[str, str] = field(default_factory=dict)


def choose_text(shown: Draft, stated: Mapping[str, str | None]) -> Draft:
    """Return the text that the page shows, or one that its publisher gives elsewhere.

    The page shows what its readers get, so another text wins only where it is more than
    twice as long: a page that loads its article later, or shows no more than its start.
    """
    best = shown
    for extractor, text in stated.items():
        lines = tuple(line for line in (text or "").split("\n") if line)
        if _size(lines) > _MUCH_LONGER * max(_size(best.lines), 1) + _SHINGLE_CHARS:
            key = key_of("".join(lines))
            known = [line for line in shown.lines if key_of(line) in key]
            best = Draft(lines, extractor, min(1.0, _size(known) / _size(lines)))
    return best


def _size(lines: Sequence[str]) -> int:
    return sum(map(len, lines))


def select_blocks(
    blocks: Sequence[Block], lines: Sequence[str], stated: str | None, title: str | None
) -> Selection:
    """Return the article's blocks among all of the page's.

    Args:
        blocks: All blocks of the page, in order.
        lines: Keys of the lines that trafilatura took.
        stated: Key of the text that the publisher's JSON-LD or the feed gives.
        title: The headline.
    """
    taken = _taken(blocks, lines)
    container = find_container(blocks)
    inside = set(container.iter()) if container is not None else set()
    dense = [block.element in inside for block in blocks]
    anchors, extractor = _anchors(blocks, taken, dense, stated or "")
    start = _find_start(blocks, anchors, key_of(title or ""))
    if start:  # what stands before the headline are tickers and teasers of other articles
        blocks, taken, dense = blocks[start:], taken[start:], dense[start:]
        anchors = [at - start for at in anchors if at >= start]
    if not anchors:
        return Selection((), extractor, 0.0)
    kept = _keep(blocks, anchors, taken, dense)
    theirs = [at for at, block in enumerate(blocks) if taken[at] and not _is_link(block)]
    if _chars(blocks, kept) < 0.5 * _chars(blocks, theirs):
        kept, extractor = theirs, "trafilatura"
    chosen = sum(len(blocks[at].text) for at in kept)
    both = sum(len(blocks[at].text) for at in kept if taken[at] and dense[at])
    return Selection(tuple(blocks[at] for at in kept), extractor, both / chosen if chosen else 0.0)


def _taken(blocks: Sequence[Block], lines: Sequence[str]) -> list[bool]:
    whole = set(lines)
    text = "".join(lines)
    return [b.key in whole or (len(b.key) >= 2 * _SHINGLE_CHARS and b.key in text) for b in blocks]


def _anchors(
    blocks: Sequence[Block], taken: Sequence[bool], dense: Sequence[bool], stated: str
) -> tuple[list[int], str]:
    """Return the blocks of prose that the sources agree on, and what found them."""
    prose = [at for at, block in enumerate(blocks) if block.is_prose]
    both = [
        at for at in prose if (taken[at] and dense[at]) or (stated and blocks[at].key in stated)
    ]
    mine = [at for at in prose if dense[at]]
    theirs = [at for at in prose if taken[at]]
    if both and _chars(blocks, both) >= 0.3 * _chars(blocks, theirs):
        agreed = set(both)
        styles = {style for at in both if any((style := _style(blocks[at].element))[1::2])}
        return [
            at
            for at in prose
            if at in agreed or (dense[at] and _style(blocks[at].element) in styles)
        ], "consensus"
    if theirs:
        return theirs, "trafilatura"
    return mine, "blocks"


def _find_start(blocks: Sequence[Block], anchors: Sequence[int], title: str) -> int:
    """Return where the headline stands, if most of the anchors are behind it, else 0."""
    headlines = (at for at, block in enumerate(blocks) if block.key == title and block.is_heading)
    start = next(headlines, 0) if title else 0
    behind = [at for at in anchors if at > start]
    return start if 2 * _chars(blocks, behind) >= _chars(blocks, anchors) else 0


def _chars(blocks: Sequence[Block], chosen: Sequence[int]) -> int:
    return sum(len(blocks[at].text) for at in chosen)


def _keep(
    blocks: Sequence[Block], anchors: Sequence[int], taken: Sequence[bool], dense: Sequence[bool]
) -> list[int]:
    """Return the blocks around the anchors that belong to them."""
    common = find_common([blocks[at] for at in anchors], share=0.9)
    if common is None:
        return list(anchors)
    inside = set(common.iter())
    anchored = [at for at in anchors if blocks[at].element in inside]
    homes = {_home(blocks[at].element) for at in anchored}
    styles = {_style(blocks[at].element) for at in anchored}
    kept = []
    for at, block in enumerate(blocks):
        if block.tag == "h1" or block.element not in inside or _is_link(block):
            continue
        is_neighbour = _home(block.element) in homes
        if anchored[0] <= at <= anchored[-1]:
            is_alike = is_neighbour or _style(block.element) in styles
            if taken[at] or (block.is_prose and dense[at] and is_alike):
                kept.append(at)
        elif taken[at] and is_neighbour:
            kept.append(at)
    return kept


def _home(element: _Element) -> _Element:
    """Return the element in which a block stands, out of the list, table or quote it is in."""
    home = element.getparent()
    while home is not None and home.tag in _WRAPPERS:
        home = home.getparent()
    return element if home is None else home


def _style(element: _Element) -> tuple[object, ...]:
    """Return how a block and the element around it are marked up."""
    parent = element.getparent()
    around = (None, None) if parent is None else (parent.tag, parent.get("class"))
    return element.tag, element.get("class"), *around


def _is_link(block: Block) -> bool:
    """Whether a block is a headline that leads elsewhere."""
    return block.link_share > 0.8 and len(block.text) > 12


def with_standfirst(
    blocks: Sequence[Block],
    chosen: Sequence[Block],
    descriptions: Sequence[str],
    boilerplate: Boilerplate,
) -> list[Block]:
    """Return `chosen` with the standfirst before it, where the page shows one.

    A standfirst is what the page gives as its own description, shown above the text, or
    a sentence there whose element is named so.
    """
    if not chosen:
        return []
    keys = [key for key in map(key_of, descriptions) if len(key) >= 2 * _SHINGLE_CHARS]
    first = next(at for at, block in enumerate(blocks) if block is chosen[0])
    found = [b for b in blocks[:first] if _is_standfirst(b, keys, boilerplate)]
    return [*found[-1:], *chosen]


def _is_standfirst(block: Block, keys: Sequence[str], boilerplate: Boilerplate) -> bool:
    if block.tag == "h1" or block.link_share >= 0.5 or len(block.key) < 2 * _SHINGLE_CHARS:
        return False
    if any(
        block.key == key or key.startswith(block.key) or block.key.startswith(key) for key in keys
    ):
        return True
    if not block.is_prose and block.tag not in HEADINGS:
        return False
    parent = block.element.getparent()
    named = f"{block.element.get('class') or ''} {parent.get('class') or '' if parent is not None else ''}"
    return any(boilerplate.standfirst.search(words_of(name)) for name in named.split())


def extract_lines(tree: HtmlElement, url: str | None, *, is_fast: bool = True) -> list[str]:
    """Return the lines that trafilatura takes for the article's text, without comments.

    Args:
        tree: The page; it is left as it is.
        url: The page's address.
        is_fast: Leave out the comparison with other extractors that the standard mode
            makes inside: it costs as much again, and ours is made anyway.
    """
    found = trafilatura.bare_extraction(
        tree, url=url, fast=is_fast, include_comments=False, deduplicate=False
    )
    if found is None or isinstance(found, dict) or not found.text:
        return []
    lines = (_LIST_MARK.sub("", line).strip() for line in found.text.split("\n"))
    return [line for line in lines if key_of(line)]


def find_state_text(tree: HtmlElement, title: str | None, boilerplate: Boilerplate) -> str | None:
    """Return the article in the scripts of a page, one paragraph a line.

    Args:
        tree: The page, before its scripts are cut.
        title: The headline; a text without its words belongs to something else.
        boilerplate: The names of parts that are no article.
    """
    best = ""
    for script in tree.iter("script"):
        text = script.text or ""
        if not _MIN_CHARS < len(text) <= _MAX_SCRIPT_CHARS or not _PARAGRAPH.search(text):
            continue
        for match in _STRING.finditer(text):
            if len(match[1]) > len(best) and _PARAGRAPH.search(match[1]):
                best = match[1]
    article = _read_literal(best, boilerplate) if best else None
    words = _WORD.findall((title or "").casefold())
    found = sum(word in article.casefold() for word in words) if article else 0
    return article if found >= _TITLE_SHARE * len(words) else None


def _read_literal(literal: str, boilerplate: Boilerplate) -> str | None:
    try:
        markup = json.loads(f'"{literal}"', strict=False)
    except json.JSONDecodeError:  # an escape that only JavaScript knows
        return None
    page = parse_page(f"<html><body>{markup}</body></html>")
    if page is None:
        return None
    cut_regions(page.body, boilerplate)
    return "\n".join(b.text for b in read_blocks(page.body) if b.link_share < 0.5) or None
