"""The headline of a page: the one it shows, confirmed by its metadata.

A page states its title up to five times: in `<h1>`, in JSON-LD, in OpenGraph tags, in
Twitter tags and in `<title>`. The last of these are often shortened for search engines
and followed by the site's name. An `<h1>` that another source confirms is the headline;
without one, the publisher's stated title is used, without the site's name.
"""

from __future__ import annotations

import html
import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from transforms.cleaning.blocks import key_of
from transforms.cleaning.jsonld import Statement
from transforms.cleaning.page import Page, squeeze

_SEPARATOR = re.compile(
    r"\s+[|｜·•–—~»:<-]\s+|\s*[|｜ㅣ]\s*|\s::\s|(?<=\S)-(?=[\uac00-\ud7a3]{1,6}$)"
)
_WORD = re.compile(r"\w+")
_SECTION_WORDS = 3  # "Politics | News" after a headline
_HEADLINE_WORDS = 4
_MAX_HEADINGS = 20
_CLOSING = frozenset(",.:;!?…)]”’")
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")


def find_title(page: Page, statement: Statement, sites: frozenset[str]) -> str | None:
    """Return the page's headline without the site's name.

    Args:
        page: The page, before anything is cut out of it.
        statement: The statements of its JSON-LD.
        sites: Keys of the site's names (see `site_keys`).
    """
    headings = itertools.islice(page.tree.iter("h1"), _MAX_HEADINGS)
    shown = [tidy_title(_heading_text(heading)) for heading in headings]
    element = page.tree.find(".//title")
    stated = [
        cut_site(tidy_title(text), sites)
        for text in (
            statement.headline,
            page.first("og:title"),
            page.first("twitter:title"),
            element.text_content() if element is not None else None,
        )
        if text
    ]
    return _choose(
        [text for text in shown if text and key_of(text).lower() not in sites],
        [text for text in stated if text],
    )


def _heading_text(element: HtmlElement) -> str:
    """Return a heading's text, with spaces where the page separates its parts."""
    text = ""
    for piece in element.itertext():
        is_apart = text[-1:].isspace() or piece[:1].isspace() or piece[:1] in _CLOSING
        text += piece if is_apart or not text else f" {piece}"
    return text


def tidy_title(text: str) -> str:
    """Return a title in NFC, without double escapes, soft hyphens and invisible marks.

    >>> tidy_title("Smith &amp;amp; Sons win har\u00adbour bid")
    'Smith & Sons win harbour bid'
    """
    plain = html.unescape(html.unescape(text))
    return squeeze(unicodedata.normalize("NFC", _INVISIBLE.sub("", plain)))


def _choose(shown: Sequence[str], stated: Sequence[str]) -> str | None:
    best = max(
        shown,
        key=lambda text: max((likeness(text, other) for other in stated), default=0.0),
        default=None,
    )
    if best is not None and any(_confirms(other, best) for other in stated):
        return _with_kicker(best, stated)
    long = [text for text in shown if len(_WORD.findall(text)) >= _HEADLINE_WORDS]
    if long and (len(shown) == 1 or not stated):
        return long[0]
    return next(iter([*stated, *shown]), None)


def _confirms(stated: str, shown: str) -> bool:
    """Return whether a stated title is the shown one, perhaps with a site's unknown name."""
    key = key_of(shown)
    return likeness(shown, stated) >= 0.5 or (len(key) >= 8 and key_of(stated).startswith(key))


def _with_kicker(title: str, stated: Sequence[str]) -> str:
    """Return the longer form that two sources agree on ("Storm: Ferries stay in port")."""
    key = key_of(title)
    longer = [text for text in stated if key_of(text).endswith(key) and key_of(text) != key]
    same = [text for text in longer if sum(key_of(other) == key_of(text) for other in stated) >= 2]
    return same[0] if same and f": {title}" in same[0] else title


def likeness(left: str, right: str) -> float:
    """Return the share of words that two titles have in common, 0..1."""
    a, b = (set(_WORD.findall(text.casefold())) for text in (left, right))
    return len(a & b) / len(a | b) if a and b else 0.0


def cut_site(title: str, sites: frozenset[str]) -> str:
    """Return `title` without the site's name, section or address at either end.

    >>> cut_site("Ferry strike ends | Transport | The Harbour Herald", frozenset({"harbourherald"}))
    'Ferry strike ends'
    """
    parts = [Part(*bounds) for bounds in _bounds(title)]
    texts = [title[part.start : part.end] for part in parts]
    first, last = 0, len(parts) - 1
    cut_end = False
    while last > first and (_is_site(texts[last], sites) or (cut_end and _is_section(texts[last]))):
        last -= 1
        cut_end = True
    while first < last and _is_site(texts[first], sites):
        first += 1
    return title[parts[first].start : parts[last].end].strip()


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a title between separators, as a half-open range."""

    start: int
    end: int


def _bounds(title: str) -> list[tuple[int, int]]:
    bounds = []
    start = 0
    for match in _SEPARATOR.finditer(title):
        bounds.append((start, match.start()))
        start = match.end()
    return [*bounds, (start, len(title))]


def _is_site(text: str, sites: frozenset[str]) -> bool:
    key = key_of(text).lower()
    bare = key.removeprefix("the").removesuffix("com").removesuffix("online").removesuffix("news")
    return not key or key in sites or (len(bare) > 2 and bare in sites)


def _is_section(text: str) -> bool:
    return len(_WORD.findall(text)) <= _SECTION_WORDS or text.startswith("by ")


def site_keys(names: Sequence[str | None], hosts: Sequence[str | None]) -> frozenset[str]:
    """Return the keys of a site's names, as they may follow its headlines.

    >>> sorted(site_keys(["The Harbour Herald"], ["www.harbourherald.example"]))
    ['harbourherald', 'harbourheraldexample', 'theharbourherald']
    """
    keys = set()
    for name in names:
        key = key_of((name or "").lstrip("@")).lower()
        keys |= {key, key.removeprefix("the"), key.removesuffix("com")}
    for host in hosts:
        labels = (host or "").lower().removeprefix("www.").split(".")
        keys |= {
            key_of("".join(labels)),
            *(key_of(label) for label in labels[:-1] if len(label) > 2),
        }
    return frozenset(key for key in keys if len(key) > 1)
