"""Candidates for the text of an article, and the choice between them.

Five sources offer the text: trafilatura, the container with the most prose, the
publisher's own JSON-LD `articleBody`, the full text of the feed, and data in the page's
scripts. The first two select blocks of the page (`transforms.cleaning.selection`). The
others are used only if the page itself shows far less text. No source is trusted alone,
and the degree of agreement is recorded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from transforms.cleaning.blocks import HEADINGS, Block, key_of, read_blocks
from transforms.cleaning.boilerplate import Boilerplate
from transforms.cleaning.page import parse_page
from transforms.cleaning.regions import cut_regions, words_of

_SHINGLE_CHARS = 12
_MUCH_LONGER = 2
_MIN_CHARS = 300
_MAX_SCRIPT_CHARS = 3_000_000
# A string literal: each character matches one alternative only, so matching is linear.
_STRING = re.compile(rf'"((?:[^"\\\n]|\\.){{{_MIN_CHARS},}})"')
_WORD = re.compile(r"\w{2,}")
_TITLE_SHARE = 0.4
_PARAGRAPH = re.compile(r"(?:<|\\u003[cC])p\b")


@dataclass(frozen=True, slots=True)
class Draft:
    """Lines that may be the article.

    Attributes:
        extractor: The source of the lines; see `Selection`, or `json_ld`, `feed`, `page_state`.
        agreement: 0..1, the share of the lines that another source confirms.
        kinds: `Block.kind` of the lines by their keys, if known.
    """

    lines: tuple[str, ...]
    extractor: str
    agreement: float
    kinds: Mapping[str, str] = field(default_factory=dict)


def choose_text(shown: Draft, stated: Mapping[str, str | None]) -> Draft:
    """Return the text that the page shows, or a longer one from another source.

    Readers see the text on the page, so another text wins only if it is more than twice as
    long: then the page loads its article later or shows only its beginning.
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


def with_standfirst(
    blocks: Sequence[Block],
    chosen: Sequence[Block],
    descriptions: Sequence[str],
    boilerplate: Boilerplate,
) -> list[Block]:
    """Return `chosen` with the standfirst before it, if the page shows one.

    A standfirst is the page's own description, shown above the text, or a sentence there in
    an element named as a standfirst.
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


def find_state_text(tree: HtmlElement, title: str | None, boilerplate: Boilerplate) -> str | None:
    """Return the article in the scripts of a page, one paragraph per line.

    Pages that are drawn in the browser often hold their article as a string of HTML in
    their JSON or JavaScript. The longest such string with paragraphs is taken. It is used
    only if the page itself shows almost no text.

    Args:
        tree: The page, before its scripts are cut.
        title: The headline; a text without its words is not the article.
        boilerplate: Names of the parts that are not part of the article.
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
    except json.JSONDecodeError:  # an escape that only JavaScript allows
        return None
    page = parse_page(f"<html><body>{markup}</body></html>")
    if page is None:
        return None
    cut_regions(page.body, boilerplate)
    return "\n".join(b.text for b in read_blocks(page.body) if b.link_share < 0.5) or None
