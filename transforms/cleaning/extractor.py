"""trafilatura, which takes the lines of a page that it believes to be the article.

Its own function `bare_extraction` prepares for every case: it copies the page four times and
measures its whole text. Most pages need one of its steps, its main extractor. So that step is
taken alone, and the others are left to `bare_extraction` where it would take them. Both give
the same lines, which `tests/transforms/test_extractor.py` compares.
"""

from __future__ import annotations

import importlib.metadata
import re
from copy import copy
from typing import Final

import trafilatura
from lxml.etree import XPath
from lxml.html import HtmlElement
from trafilatura.baseline import html2txt
from trafilatura.core import ESCALATION_MAX_LENGTH, ESCALATION_PAGE_SHARE
from trafilatura.htmlprocessing import convert_tags, prune_unwanted_nodes, tree_cleaning
from trafilatura.main_extractor import extract_content
from trafilatura.settings import Extractor
from trafilatura.xml import xmltotxt
from trafilatura.xpaths import RAW_TREE_PRUNE_XPATH, REMOVE_COMMENTS_AND_LISTS_XPATH

from transforms.cleaning.blocks import key_of

TRAFILATURA = importlib.metadata.version("trafilatura")
_LIST_MARK = re.compile(r"^- ")
_OPTIONS: Final = Extractor(output_format="python", fast=True, comments=False)
_NEVER_ARTICLE: Final = [*RAW_TREE_PRUNE_XPATH, *REMOVE_COMMENTS_AND_LISTS_XPATH]
# What the ids and classes have that these paths find, and the elements that they look at.
_NAMES: Final = re.compile(
    "comment|comol|disqus_thread|mvp-post-add|infinite|elementor-share", re.IGNORECASE
)
_NAMED: Final = ("div", "section", "aside", "list", "details", "ol", "ul")
_COUNT: Final = XPath("count(.//*)")


def extract_lines(tree: HtmlElement, *, is_fast: bool = True) -> list[str]:
    """Return the lines that trafilatura extracts as the article, without comments.

    Args:
        tree: The page, without scripts; it is not changed.
        is_fast: Skip trafilatura's comparison with other extractors: it doubles the time,
            and `selection` makes its own comparison.
    """
    text = _main_text(tree) if is_fast else None
    if text is None:
        text = _text(tree, is_fast=is_fast)
    lines = (_LIST_MARK.sub("", line).strip() for line in text.split("\n"))
    return [line for line in lines if key_of(line)]


def _text(tree: HtmlElement, *, is_fast: bool) -> str:
    """Return the text that all of trafilatura's steps find, "" if they find none."""
    found = trafilatura.bare_extraction(
        tree, fast=is_fast, include_comments=False, deduplicate=False
    )
    return "" if found is None or isinstance(found, dict) else found.text or ""


def _main_text(tree: HtmlElement) -> str | None:
    """Return the text that its main extractor finds, None if it would take further steps."""
    page = copy(tree)
    if _has_comments(page):
        page = prune_unwanted_nodes(page, _NEVER_ARTICLE)
    page = convert_tags(tree_cleaning(page, _OPTIONS), _OPTIONS)
    try:
        body, text = extract_content(page, _OPTIONS)
    except (TypeError, ValueError):  # then `bare_extraction` finds nothing
        return ""
    if len(text) < _OPTIONS.min_extracted_size or _is_small_part(text, tree):
        return None
    return xmltotxt(body, _OPTIONS.formatting)


def _has_comments(page: HtmlElement) -> bool:
    """Return whether a page may have elements that trafilatura cuts before anything else."""
    named = page.iter(*_NAMED)
    names = {name for element in named for name in (element.get("id"), element.get("class"))}
    return _NAMES.search("\n".join(filter(None, names))) is not None


def _is_small_part(text: str, tree: HtmlElement) -> bool:
    """Return whether a text may be so small a part of the page that another try is made."""
    if len(text) >= ESCALATION_MAX_LENGTH:
        return False
    # Its measure of a page adds at most two blanks for each element to the page's text.
    most = len(" ".join(tree.text_content().split())) + 2 * int(_COUNT(tree))
    least = len(text) / ESCALATION_PAGE_SHARE
    return least < most and least < len(html2txt(tree))
