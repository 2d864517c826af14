"""The headline of a page: the one it shows, confirmed by its metadata.

A page states its title up to five times: in `<h1>`, in JSON-LD, in OpenGraph tags, in
Twitter tags and in `<title>`. The last of these are often shortened for search engines
and followed by the site's name. An `<h1>` that another source confirms is the headline;
without one, the publisher's stated title is used, without the site's name.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from transforms.cleaning.blocks import key_of
from transforms.cleaning.jsonld import Statement
from transforms.cleaning.page import Page, squeeze
from transforms.normal_forms import normalize
from transforms.references import unescape

MAX_TITLE_CHARS = 1_000  # a longer one is cut; feeds have the same limit
_MAX_WRITTEN_CHARS = 10_000  # of a title as it is written, with escapes and blanks

# Between the parts of a squeezed title.
_SEPARATOR = re.compile(
    r"\s[|｜·•–—~»:<-]\s|\s?[|｜ㅣ]\s?|\s::\s|(?<=\S)-(?=[\uac00-\ud7a3]{1,6}$)"
)
_WORD = re.compile(r"\w+")
_SECTION_WORDS = 3  # "Politics | News" after a headline
_HEADLINE_WORDS = 4
# A heading that no other title confirms is a label ("Our Services") unless it has
# some words in common with one, or is long; among several headings, it needs more of them.
_SOME_LIKENESS = 0.2
_MUCH_LIKENESS = 0.3
_SURE_WORDS = 7
_MAX_SITE_WORDS = 4
_HEAD_WORDS = 3
_MAX_HEADINGS = 20
_CLOSING = frozenset(",.:;!?…)]”’")
_BARS = frozenset("|｜")
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")


def find_titles(page: Page, statement: Statement, sites: frozenset[str]) -> tuple[str, ...]:
    """Return the page's headline, then the others that it states, most trusted first.

    They are without the site's name, and distinct by their letters and digits.

    Args:
        page: The page, before anything is cut out of it.
        statement: The statements of its JSON-LD.
        sites: Keys of the site's names (see `site_keys`).
    """
    headings = itertools.islice(page.tree.iter("h1"), _MAX_HEADINGS)
    texts = (tidy_title(_heading_text(heading)) for heading in headings)
    shown = [text for text in texts if text and key_of(text).lower() not in sites]
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
    stated = [text for text in stated if text]
    best = _most_confirmed(shown, stated)
    title = _choose(best, stated, is_alone=len(shown) == 1)
    heading = [best] if best and (len(shown) == 1 or _likeness_to(best, stated) > 0) else []
    found = {key_of(text).lower(): text for text in reversed([*heading, *stated])}
    found.pop(key_of(title or "").lower(), None)
    others = [text for key, text in reversed(found.items()) if key and key not in sites]
    return (title, *others) if title else ()


def _heading_text(element: HtmlElement) -> str:
    """Return a heading's text, with spaces where the page separates its parts."""
    text = ""
    for piece in element.itertext():
        if len(text) > _MAX_WRITTEN_CHARS:
            break
        is_apart = text[-1:].isspace() or piece[:1].isspace() or piece[:1] in _CLOSING
        text += piece if is_apart or not text else f" {piece}"
    return text


def tidy_title(text: str) -> str:
    """Return a title in NFC, without double escapes, soft hyphens and invisible marks.

    >>> tidy_title("Smith &amp;amp; Sons win har\u00adbour bid")
    'Smith & Sons win harbour bid'
    """
    plain = unescape(unescape(text[:_MAX_WRITTEN_CHARS]))
    tidy = squeeze(normalize("NFC", _INVISIBLE.sub("", plain)))
    return tidy[:MAX_TITLE_CHARS].rstrip()


def _most_confirmed(shown: Sequence[str], stated: Sequence[str]) -> str | None:
    return max(shown, key=lambda text: _likeness_to(text, stated), default=None)


def _likeness_to(text: str, others: Sequence[str]) -> float:
    return max((likeness(text, other) for other in others), default=0.0)


def _choose(best: str | None, stated: Sequence[str], *, is_alone: bool) -> str | None:
    """Return the heading if it is a headline, otherwise the first stated title."""
    if best is None or not stated:
        return next(iter(stated), best)
    if any(_confirms(other, best) for other in stated):
        return _with_kicker(best, stated)
    words, alike = len(best.split()), _likeness_to(best, stated)
    if words < _HEADLINE_WORDS:
        return stated[0]
    is_headline = alike >= _SOME_LIKENESS or words >= _SURE_WORDS
    return best if (is_alone and is_headline) or alike >= _MUCH_LIKENESS else stated[0]


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
    while last > first and _is_label(title[parts[last - 1].end : parts[last].start], texts[last]):
        if len(_WORD.findall(title[parts[first].start : parts[last - 1].end])) < _HEAD_WORDS:
            break
        last -= 1
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


def _is_label(separator: str, text: str) -> bool:
    """Return whether a few words behind a bar are an unknown site's name or a section."""
    return separator.strip() in _BARS and len(_WORD.findall(text)) <= _MAX_SITE_WORDS


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
