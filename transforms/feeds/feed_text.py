"""The text of a feed's fields, without control characters and markup, capped in length."""

from __future__ import annotations

import re

from lxml import etree

from transforms.references import unescape

# Characters that XML 1.0 forbids, and lone surrogates, which UTF-8 cannot encode; they
# break the warehouse and terminals.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# C1 controls are the curly quotes and dashes of windows-1252, misread as ISO 8859-1.
_WINDOWS = {code: bytes([code]).decode("windows-1252", "ignore") for code in range(0x80, 0xA0)}
_C1 = re.compile("[\x80-\x9f]")
_NO_DECLARATION = re.compile(r"<!(?![A-Za-z\[-])")  # parsers would skip to the next ">"
_TAG = re.compile(r"<[A-Za-z/!]")
_INVISIBLE = ("script", "style", "template")
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font",
    "i", "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
    "time", "tt", "u", "var", "wbr",
})  # fmt: skip


def has_control_characters(text: str) -> bool:
    r"""Return whether `text` contains a control character.

    >>> has_control_characters("Fer\x00ry"), has_control_characters("Ferry\n")
    (True, False)
    """
    if text.isprintable() or _FORBIDDEN.search(text) is None:
        return False
    return any(not _WINDOWS.get(ord(match[0])) for match in _FORBIDDEN.finditer(text))


def clean(text: str) -> str:
    r"""Return `text` without control characters.

    >>> clean("The fer\x00ry\ud800 sank")
    'The ferry sank'
    """
    if text.isprintable() or _FORBIDDEN.search(text) is None:
        return text
    return _FORBIDDEN.sub("", text.translate(_WINDOWS) if _C1.search(text) else text)


def one_line(text: str) -> str:
    r"""Return `text` without control characters, on one line.

    >>> one_line(" The ferry\n  sank ")
    'The ferry sank'
    """
    return " ".join(clean(text).split())


def plain_text(markup: str) -> str:
    """Return the text that a reader of the markup sees, on one line.

    >>> plain_text("Storm &amp; tide: <b>ferry</b><br>sinks<script>track()</script>")
    'Storm & tide: ferry sinks'
    """
    markup = markup.replace("<>", "")  # remains of a tag with its name stripped
    if "<" not in markup or not _TAG.search(markup):
        return one_line(unescape(markup) if "&" in markup else markup)
    escaped = _NO_DECLARATION.sub("&lt;!", clean(markup)).encode()
    root = _parsed(escaped)
    if root is None:
        return one_line(unescape(markup))
    etree.strip_elements(root, *_INVISIBLE, etree.Comment, with_tail=False)
    pieces: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element.tag not in _INLINE:
            pieces.append(" ")
        piece = element.text if event == "start" else element.tail
        if piece:
            pieces.append(piece)
    return one_line("".join(pieces))


def _parsed(markup: bytes) -> etree._Element | None:
    """Return the tree of HTML in UTF-8, None if it is empty."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True)
    try:
        return etree.fromstring(markup, parser)
    except etree.XMLSyntaxError:
        return None
