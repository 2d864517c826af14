"""The text of a feed's fields: control characters out, markup off, length capped."""

from __future__ import annotations

import html
import re

import lxml.html
from lxml import etree

# What XML 1.0 forbids, and lone surrogates, which no UTF-8 can hold; they break the
# warehouse and terminals alike. DEL and C1 controls but NEL carry no text either.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_SPACE = re.compile(r"\s+")
_TAG = re.compile(r"<[A-Za-z/!]")
_INVISIBLE = ("script", "style", "noscript", "template", "iframe", "object", "title")
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font",
    "i", "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
    "time", "tt", "u", "var", "wbr",
})  # fmt: skip


def has_control_characters(text: str) -> bool:
    r"""Tell whether `text` holds a character that no text should.

    >>> has_control_characters("Fer\x00ry"), has_control_characters("Ferry\n")
    (True, False)
    """
    return _FORBIDDEN.search(text) is not None


def clean(text: str) -> str:
    r"""Return `text` without control characters.

    >>> clean("The fer\x00ry\ud800 sank")
    'The ferry sank'
    """
    return _FORBIDDEN.sub("", text)


def one_line(text: str) -> str:
    r"""Return `text` without control characters, on one line.

    >>> one_line(" The ferry\n  sank ")
    'The ferry sank'
    """
    return _SPACE.sub(" ", clean(text)).strip()


def plain_text(markup: str) -> str:
    """Return what a reader of the markup sees, on one line.

    >>> plain_text("Storm &amp; tide: <b>ferry</b><br>sinks<script>track()</script>")
    'Storm & tide: ferry sinks'
    """
    if "<" not in markup or not _TAG.search(markup):
        return one_line(html.unescape(markup) if "&" in markup else markup)
    try:
        root = lxml.html.fragment_fromstring(clean(markup), create_parent="div")
    except (etree.ParserError, ValueError):
        return one_line(html.unescape(markup))
    etree.strip_elements(root, *_INVISIBLE, etree.Comment, with_tail=False)
    pieces: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element.tag not in _INLINE:
            pieces.append(" ")
        piece = element.text if event == "start" else element.tail
        if piece:
            pieces.append(piece)
    return one_line("".join(pieces))
