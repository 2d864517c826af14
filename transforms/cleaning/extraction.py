"""The one place where trafilatura extracts text, and where its options stand."""

from __future__ import annotations

import importlib.metadata
import re

import trafilatura
from lxml.html import HtmlElement

from transforms.cleaning.blocks import key_of

TRAFILATURA = importlib.metadata.version("trafilatura")
_LIST_MARK = re.compile(r"^- ")


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
