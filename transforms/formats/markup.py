"""The blocks of text in HTML that was made from a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import lxml.html
from lxml import etree

_BLOCKS: Final = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "dd", "div", "dl", "dt",
    "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li",
    "main", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_SILENT: Final = frozenset(
    {"head", "math", "nav", "noscript", "script", "style", "svg", "template"}
)
HEADINGS: Final = frozenset({"h1", "h2", "h3"})


def read_blocks(content: bytes) -> list[tuple[str, str]]:
    """Return the element name and the text of each block, in reading order.

    White space is squeezed; blocks without text are left out. The page is read as HTML, so
    entities that it declares are not resolved and nothing else is loaded.

    >>> read_blocks(b"<h1>Ferry <b>sails</b></h1><div>Rain fell.<p>It stopped.</p></div>")
    [('h1', 'Ferry sails'), ('div', 'Rain fell.'), ('p', 'It stopped.')]
    """
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        root = lxml.html.document_fromstring(content, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return []
    return [(name, text) for name, written in _blocks(root) if (text := " ".join(written.split()))]


def _blocks(root: etree._Element) -> Iterator[tuple[str, str]]:
    pieces: list[str] = []
    names: list[str] = ["body"]
    silent = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _SILENT:
            silent += 1 if event == "start" else -1
        if tag in _BLOCKS:
            yield names[-1], "".join(pieces)
            pieces.clear()
            if event == "start":
                names.append(tag if tag != "br" else names[-1])
            else:
                names.pop()
        text = element.text if event == "start" else element.tail
        if text and not silent:
            pieces.append(text)
    yield names[-1], "".join(pieces)
