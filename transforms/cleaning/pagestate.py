"""Article text that a page carries in the data of its scripts, to be shown by them.

Pages that are drawn in the browser hold their article as a string of HTML inside the
JSON or JavaScript that they start from. Asked only where the page itself shows next to
nothing: the longest such string with paragraphs in it is taken for the article.
"""

from __future__ import annotations

import json
import re

from lxml.html import HtmlElement

from transforms.cleaning.blocks import read_blocks
from transforms.cleaning.boilerplate import Boilerplate
from transforms.cleaning.page import parse_page
from transforms.cleaning.regions import cut_regions

_MIN_CHARS = 300
_MAX_SCRIPT_CHARS = 3_000_000
# A string literal: each character belongs to one alternative only, so matching is linear.
_STRING = re.compile(rf'"((?:[^"\\\n]|\\.){{{_MIN_CHARS},}})"')
_WORD = re.compile(r"\w{2,}")
_TITLE_SHARE = 0.4
_PARAGRAPH = re.compile(r"(?:<|\\u003[cC])p\b")


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
    article = _read(best, boilerplate) if best else None
    words = _WORD.findall((title or "").casefold())
    found = sum(word in article.casefold() for word in words) if article else 0
    return article if found >= _TITLE_SHARE * len(words) else None


def _read(literal: str, boilerplate: Boilerplate) -> str | None:
    try:
        markup = json.loads(f'"{literal}"', strict=False)
    except json.JSONDecodeError:  # an escape that only JavaScript knows
        return None
    page = parse_page(f"<html><body>{markup}</body></html>")
    if page is None:
        return None
    cut_regions(page.body, boilerplate)
    return "\n".join(b.text for b in read_blocks(page.body) if b.link_share < 0.5) or None
