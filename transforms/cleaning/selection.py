"""The choice of the blocks of a page that are its article.

Trafilatura takes some blocks, and one element has the most prose. The prose that both
agree on is the anchor, and the closest common ancestor of the anchors bounds the article.
A block between the first and the last anchor is kept if trafilatura took it, if it is prose
that is marked up like the anchors or stands under a heading, or if it is a short line, an
item or a row next to them. Headings stay with what follows them, items with their list.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from lxml.etree import _Element

from transforms.cleaning.blocks import HEADINGS, Block, find_common, find_container, key_of

_SHINGLE_CHARS = 12
_WRAPPERS = frozenset(
    ("li", "ul", "ol", "dl", "dd", "dt", "blockquote", "table", "tbody", "thead", "tr", "td", "th")
)
_DASHES = "\u2013\u2014"  # before the author of a quoted post
_NUMBERED = re.compile(r"#?\d{1,3}[.):] ")
_LEAST_ENTRIES = 5  # a roundup has many linked lines, a news article a few teasers
_ENTRY_SHARE = 1 / 3
_FAILED_SHARE = 0.2  # of the prose in one element: trafilatura has missed the article


@dataclass(frozen=True, slots=True)
class Selection:
    """The blocks chosen as the article.

    Attributes:
        extractor: `consensus`, or `trafilatura` or `blocks` if only one found prose.
        agreement: 0..1, the share of the chosen text that both took.
    """

    blocks: tuple[Block, ...]
    extractor: str
    agreement: float


def select_blocks(
    blocks: Sequence[Block], lines: Sequence[str], stated: str | None, title: str | None
) -> Selection:
    """Return the blocks of the article among all blocks of the page.

    Args:
        blocks: All blocks of the page, in order.
        lines: Keys of the lines that trafilatura took.
        stated: Key of the text in the publisher's JSON-LD or the feed.
        title: The headline.
    """
    taken = _taken(blocks, lines)
    container = find_container(blocks)
    inside = set(container.iter()) if container is not None else set()
    dense = [block.element in inside for block in blocks]
    anchors, extractor = _anchors(blocks, taken, dense, stated or "")
    start = _find_start(blocks, anchors, key_of(title or ""))
    if start:  # before the headline are tickers and teasers of other articles
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
    """Return the blocks of prose that the sources agree on, and the extractor."""
    teasers = _find_teasers(blocks)
    prose = [at for at, block in enumerate(blocks) if block.is_prose and at not in teasers]
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
    if theirs and _chars(blocks, theirs) >= _FAILED_SHARE * _chars(blocks, mine):
        return theirs, "trafilatura"
    return mine, "blocks"


def _find_teasers(blocks: Sequence[Block]) -> set[int]:
    """Return the blocks of lists of other stories: linked headlines, each with its text.

    Such a list stands alone: where other text has the same home, it is part of an article.
    """
    linked: set[_Element] = set()
    teasers: defaultdict[_Element, set[int]] = defaultdict(set)
    others: set[_Element] = set()
    for at, block in enumerate(blocks):
        item = next((e for e in _around(block.element) if e.tag == "li"), None)
        home = _home(block.element)
        if item is not None and _is_link(block):
            linked.add(item)
        elif item is not None and item in linked:
            teasers[home].add(at)
        elif block.is_prose:
            others.add(home)
    lists = [found for home, found in teasers.items() if home not in others and len(found) > 1]
    return set().union(*lists)


def _around(element: _Element) -> Iterator[_Element]:
    """Yield an element, and its ancestors as long as they are lists, tables or quotes."""
    yield element
    for above in element.iterancestors():
        if above.tag not in _WRAPPERS:
            return
        yield above


def _find_start(blocks: Sequence[Block], anchors: Sequence[int], title: str) -> int:
    """Return the index of the headline if most anchors follow it, otherwise 0."""
    headlines = (at for at, block in enumerate(blocks) if block.key == title and block.is_heading)
    start = next(headlines, 0) if title else 0
    behind = [at for at in anchors if at > start]
    return start if 2 * _chars(blocks, behind) >= _chars(blocks, anchors) else 0


def _chars(blocks: Sequence[Block], chosen: Sequence[int]) -> int:
    return sum(len(blocks[at].text) for at in chosen)


def _keep(
    blocks: Sequence[Block], anchors: Sequence[int], taken: Sequence[bool], dense: Sequence[bool]
) -> list[int]:
    """Return the indices of the anchors and of the blocks that belong with them.

    Anchors before the common ancestor are its opening: the text of some pages begins in a
    box of its own. Behind it are notes on the author and the publisher.
    """
    common = find_common([blocks[at] for at in anchors], share=0.9)
    if common is None:
        return list(anchors)
    inside = set((_home(common) if len(anchors) == 1 else common).iter())
    anchored = [at for at in anchors if blocks[at].element in inside]
    frame = _Frame(blocks, anchored, taken, dense)
    kept = [at for at in anchors if at < anchored[0] and taken[at] and blocks[at].tag != "h1"]
    kept += [
        at
        for at, block in enumerate(blocks)
        if block.element in inside and block.tag != "h1" and not _is_link(block) and frame.holds(at)
    ]
    kept += _find_entries(blocks, anchored, frame.homes)
    return _with_headings(blocks, _with_items(blocks, kept), inside)


class _Frame:
    """The anchors of an article as the frame into which other blocks fit or not."""

    def __init__(
        self,
        blocks: Sequence[Block],
        anchored: Sequence[int],
        taken: Sequence[bool],
        dense: Sequence[bool],
    ) -> None:
        self.homes = {_home(blocks[at].element) for at in anchored}
        self._styles = {_style(blocks[at].element) for at in anchored}
        self._first, self._last = anchored[0], anchored[-1]
        self._blocks, self._taken, self._dense = blocks, taken, dense

    def holds(self, at: int) -> bool:
        """Return whether a block near the anchors belongs with them."""
        block = self._blocks[at]
        is_neighbour = _home(block.element) in self.homes
        if at > self._last or (at < self._first and not block.is_prose):
            return self._taken[at] and is_neighbour
        is_near = is_neighbour or block.element in self.homes  # loose text between paragraphs
        if at < self._first:
            return (self._dense[at] or self._taken[at]) and is_near
        if self._taken[at]:
            return True
        if block.is_prose or block.kind == "quote":
            return self._dense[at] and (
                is_near or self._is_alike(block) or _is_led(block, self._blocks[at - 1])
            )
        return (
            is_neighbour and block.link_share < 0.5 and (self._is_alike(block) or _is_item(block))
        )

    def _is_alike(self, block: Block) -> bool:
        return _style(block.element) in self._styles


def _find_entries(
    blocks: Sequence[Block], anchored: Sequence[int], homes: Set[_Element]
) -> list[int]:
    """Return the linked lines of a roundup: many of one kind among the text of the article."""
    entries: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for at in range(max(anchored[0] - 1, 0), anchored[-1]):  # the first one may stand on top
        block = blocks[at]
        if _is_link(block) and _home(block.element) in homes and not _leads_within(block):
            entries[block.tag, block.element.get("class")].append(at)
    return [
        at
        for found in entries.values()
        if len(found) >= _LEAST_ENTRIES and len(found) >= _ENTRY_SHARE * len(anchored)
        for at in found
    ]


def _with_items(blocks: Sequence[Block], kept: Sequence[int]) -> set[int]:
    """Return `kept` with the rest of the lists and quotes of which it has at least half."""
    known = set(kept)
    members: defaultdict[_Element, list[int]] = defaultdict(list)
    for at, block in enumerate(blocks):
        parent = block.element.getparent()
        if block.tag == "blockquote":
            members[block.element].append(at)
        elif parent is not None and (block.tag == "li" or parent.tag == "blockquote"):
            members[parent].append(at)
    for found in members.values():
        if 2 * len(known.intersection(found)) >= len(found):
            known.update(found)
    return known


def _with_headings(blocks: Sequence[Block], kept: Set[int], inside: Set[_Element]) -> list[int]:
    """Return `kept` with the headings of the sections that start with one of its blocks."""
    known = set(kept)
    for at in kept:
        below = at
        while below > 0 and below - 1 not in known and _leads(blocks, below - 1, inside):
            below -= 1
            known.add(below)
    return sorted(known)


def _leads(blocks: Sequence[Block], at: int, inside: Set[_Element]) -> bool:
    """Return whether a block is a heading above text or above a heading of a lower level."""
    heading, below = blocks[at], blocks[at + 1]
    if heading.tag not in HEADINGS or heading.element not in inside or _is_teaser(heading):
        return False
    return not below.is_heading or heading.tag < below.tag


def _is_teaser(heading: Block) -> bool:
    """Return whether a heading links to another page and is not an entry of a numbered list."""
    return (
        _is_link(heading) and _NUMBERED.match(heading.text) is None and not _leads_within(heading)
    )


def _leads_within(block: Block) -> bool:
    """Return whether a block links to a part of a page, as in a table of contents."""
    links = [*block.element.iter("a"), *block.element.iterancestors("a")]
    return any("#" in (link.get("href") or "") for link in links)


def _is_led(block: Block, above: Block) -> bool:
    """Return whether a block is a quoted post or stands directly under a heading."""
    if block.kind == "quote":
        return block.is_prose or block.text[0] in _DASHES
    return (
        above.tag in HEADINGS
        and above.element.getparent() is block.element.getparent()
        and not _is_teaser(above)
    )


def _is_item(block: Block) -> bool:
    """Return whether a block is in a list, a table or a quote."""
    parent = block.element.getparent()
    return block.tag in _WRAPPERS or (parent is not None and parent.tag in _WRAPPERS)


def _home(element: _Element) -> _Element:
    """Return the parent of a block, outside any list, table or quote that it is in."""
    home = element.getparent()
    while home is not None and home.tag in _WRAPPERS:
        home = home.getparent()
    return element if home is None else home


def _style(element: _Element) -> tuple[object, ...]:
    """Return the markup of a block and of its parent element."""
    parent = element.getparent()
    around = (None, None) if parent is None else (parent.tag, parent.get("class"))
    return element.tag, element.get("class"), *around


def _is_link(block: Block) -> bool:
    """Return whether a block is a headline that links to another page."""
    return block.link_share > 0.8 and len(block.text) > 12
