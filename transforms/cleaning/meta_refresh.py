"""Pages that only lead to another address, by `<meta http-equiv="refresh">`.

Such a page is as good as an HTTP redirect: it names a target and a short delay, and has
hardly any text. The value is read as browsers read it (HTML Standard, 4.2.5.3).
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urldefrag

from lxml.html import HtmlElement

from transforms.charsets import decode
from transforms.cleaning.page import parse_page, squeeze
from transforms.url_parts import join_url, split_url

MAX_PAGE_BYTES: Final = 65_536  # a page without text is small
MAX_DELAY_S: Final = 10  # a longer one is time to read something
MAX_TEXT_CHARS: Final = 400  # "You are being taken to ...", in two languages

_HINT = re.compile(rb"http-equiv\s{0,9}=\s{0,9}[\"']?\s{0,9}refresh", re.IGNORECASE)
_VALUE = re.compile(
    r"\s*(?=[\d.])(?P<delay>\d{0,6})[\d.]*(?:\s*[;,]|\s)\s*(?:url\s*=\s*)?+(?P<target>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
# What stands in these is not shown, or only without scripts.
_HIDDEN = frozenset({"iframe", "noframes", "noscript", "object", "script", "style", "template", "textarea"})  # fmt: skip
_ROOT = frozenset({"", "/"})


def find_target(content: bytes, url: str, charset: str | None = None) -> str | None:
    """Return the URL that a page only leads to, None if the page is to be read itself.

    A page that leads to itself waits for something (a check of the browser, the end of a
    repair). One that leads from elsewhere to the front page of a site has no article to
    offer. Both are to be read themselves.

    Args:
        content: The page as received.
        url: Its URL.
        charset: Charset that the transport declared.

    >>> page = b'<meta http-equiv="refresh" content="0; url=/news/ferry">'
    >>> find_target(page, "https://wire.example/old/7")
    'https://wire.example/news/ferry'
    """
    if len(content) > MAX_PAGE_BYTES or not _HINT.search(content):
        return None
    # The empty paragraph makes a body where the page has none.
    page = parse_page(decode(content, charset).text + "<p></p>")
    if page is None or len(_shown_text(page.body)) > MAX_TEXT_CHARS:
        return None
    bases: list[str] = page.tree.xpath("//base/@href")
    base = (_join(url, bases[0].strip()) if bases else None) or url
    for meta in page.tree.iter("meta"):
        stated = (meta.get("http-equiv") or "").strip().lower() == "refresh" and not _is_hidden(
            meta
        )
        target = parse_refresh(meta.get("content") or "") if stated else None
        if target is not None:
            return _worth_following(_join(base, target), url)
    return None


def parse_refresh(value: str) -> str | None:
    """Return the target in the content of a refresh tag.

    None without a target, with a delay above `MAX_DELAY_S`, or if the target is no page.

    >>> parse_refresh("3;URL='/news/ferry'"), parse_refresh("300; url=/news"), parse_refresh("0")
    ('/news/ferry', None, None)
    """
    match = _VALUE.fullmatch(value)
    if match is None or int(match["delay"] or 0) > MAX_DELAY_S:
        return None
    target = match["target"]
    if target[0] in "\"'":
        target = target[1:].partition(target[0])[0]
    target = target.strip()
    return None if not target or _SCHEME.match(target) else target


def _join(base: str, target: str) -> str | None:
    try:
        return join_url(base, target)
    except ValueError:  # a host in unclosed brackets
        return None


def _worth_following(target: str | None, url: str) -> str | None:
    if target is None or urldefrag(target).url == urldefrag(url).url:
        return None
    goal, start = split_url(target), split_url(url)
    is_front = goal.path in _ROOT and not goal.query
    return None if is_front and start.path not in _ROOT else target


def _is_hidden(element: HtmlElement) -> bool:
    return any(parent.tag in _HIDDEN for parent in element.iterancestors())


def _shown_text(body: HtmlElement) -> str:
    pieces = [
        text
        for element in body.iter()
        if isinstance(element.tag, str)
        for text, holder in ((element.text, element), (element.tail, element.getparent()))
        if text and holder is not None and holder.tag not in _HIDDEN and not _is_hidden(holder)
    ]
    return squeeze(" ".join(pieces))
