"""Pages that stand where an article should be: soft 404s, consent walls, captchas, ...

A wall is told by its words: a headline that is a phrase of such pages, and phrases close
together under it. Words inside quotation marks do not count, so that an article about such
pages stays an article. `seeds/cleaning/walls.csv` lists the phrases by reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Self

from transforms.cleaning.blocks import key_of
from transforms.cleaning.meta_refresh import MAX_TEXT_CHARS, parse_refresh
from transforms.cleaning.page import Page, squeeze
from transforms.patterns import LazyPattern
from transforms.tables import Tables
from transforms.url_parts import split_url

_SITE = re.compile(r"\s[|–—·:-]\s")
_QUOTED = re.compile('“[^”]{0,600}”|„[^“”]{0,600}[“”]|«[^»]{0,600}»|"[^"]{0,600}"')
_MOUNTS = frozenset(
    ("root", "app", "__next", "__nuxt", "react-root", "app-root", "main-app", "app-mount")
)
_WINDOW_CHARS: Final = 1500  # a wall says what it is at once
_SHORT_PAGE_CHARS: Final = 3000
_LONG_TEXT_CHARS: Final = 2500  # a longer text under another headline is an article
_HEADLINE_CHARS: Final = 80
_ARTICLE_CHARS: Final = 150
_SHELL_CHARS: Final = 300
_MOUNT_CHARS: Final = 40  # "Loading ..."
_TOLD_BESIDE_TEXT: Final = 2  # phrases under a wall's headline, if other paragraphs follow
_TITLE_SHARE: Final = 0.6  # of the letters of a headline that a phrase makes up
_TITLE_POINTS, _MARKUP_POINTS, _PASSWORD_POINTS = 2.0, 1.0, 1.5
_NEEDED: Final = 3.0
_NEEDED_WITHOUT_TITLE: Final = 4.0
_FREE_CHARS, _CHARS_PER_POINT = 600, 400  # a longer text needs more phrases
_READER_SHARE: Final = 0.025  # of the words: a wall is about its reader and the site
_PHRASE_SHARE: Final = 0.12  # or full of such phrases
_GAP = r"(?:\W+\w+){0,4}?\W+"


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases of one reason and place; `*` stands for up to four words."""

    plain: tuple[str, ...]  # each after a space
    gapped: tuple[tuple[str, LazyPattern], ...]  # each with its first words

    @classmethod
    def compile(cls, phrases: Iterable[str]) -> Self:
        """Compile phrases in lower case."""
        listed = sorted(phrases)
        parts = [[part.strip() for part in phrase.split("*")] for phrase in listed if "*" in phrase]
        gapped = [(part[0], LazyPattern(rf"\b{_GAP.join(map(re.escape, part))}")) for part in parts]
        return cls(tuple(f" {phrase}" for phrase in listed if "*" not in phrase), tuple(gapped))

    def found(self, text: str) -> list[str]:
        """Return what a folded text has of each phrase in it."""
        padded = f" {text}"
        found = [phrase[1:] for phrase in self.plain if phrase in padded]
        for first, pattern in self.gapped:
            if first in text and (match := pattern.search(text)):
                found.append(match[0])
        return found


@dataclass(frozen=True, slots=True)
class Walls:
    """The phrases of walls, by reason.

    Attributes:
        titles: Headlines.
        texts: Phrases in the text.
        markup: Parts of scripts and element names.
        reader: Words for the reader and the site ("you", "our"), which walls are full of.
    """

    titles: Mapping[str, Phrases]
    texts: Mapping[str, Phrases]
    markup: Mapping[str, tuple[str, ...]]
    reader: frozenset[str]

    @classmethod
    def from_tables(cls, tables: Tables) -> Self:
        """Compile `cleaning/walls`."""
        places = ("title", "text", "markup", "reader")
        found: dict[str, dict[str, list[str]]] = {place: {} for place in places}
        for row in tables["cleaning/walls"]:
            found[row["place"]].setdefault(row["reason"], []).append(row["phrase"])
        return cls(
            {reason: Phrases.compile(phrases) for reason, phrases in found["title"].items()},
            {reason: Phrases.compile(phrases) for reason, phrases in found["text"].items()},
            {reason: tuple(phrases) for reason, phrases in found["markup"].items()},
            frozenset(word for words in found["reader"].values() for word in words),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page shows to a reader, and what it is built of.

    Attributes:
        headlines: Its title without the site's name, then with it, and its first heading.
        visible: All its visible text.
        text: The text that was taken as the article.
        paragraphs: All paragraphs of prose.
        markup: Names of its scripts and elements, in lower case.
        has_password: Whether it asks for a password.
        has_mount: Whether it has an empty element that scripts fill.
        declares_article: Whether it declares an article with its day.
    """

    headlines: tuple[str, ...]
    visible: str
    text: str
    paragraphs: tuple[str, ...]
    markup: str
    has_password: bool
    has_mount: bool
    declares_article: bool


def read_markup(page: Page) -> tuple[str, bool, bool]:
    """Return the names of scripts and elements, and whether there is a password field or mount.

    Args:
        page: The page, before anything is cut out of it.
    """
    scripts = [
        script.get("src") or (script.text or "")[:500] for script in page.tree.iter("script")
    ]
    names = [
        str(name) for name in page.body.xpath("//div/@class | //div/@id | //iframe/@src")[:500]
    ]
    has_password = bool(page.body.xpath("//input[@type='password']"))
    has_mount = any(
        (element.get("id") or "").lower() in _MOUNTS
        and len(squeeze("".join(element.itertext()))) <= _MOUNT_CHARS
        for element in page.body.iter("div", "main", "section")
    )
    return " ".join([*scripts, *names]).lower(), has_password, has_mount


def find_wall(shown: Shown, walls: Walls) -> str | None:
    """Return why the page is no article (a key of `refusals.WALLS`), None if it may be one."""
    if _is_shell(shown, walls):
        return "javascript_shell"
    headlines = _short_headlines(shown.headlines)
    titles = {
        reason: any(_is_phrase(headline, phrases) for headline in headlines)
        for reason, phrases in walls.titles.items()
    }
    if not any(titles.values()) and len(shown.text) > _LONG_TEXT_CHARS:
        return None
    window = fold(_QUOTED.sub(" ", _window(shown)))
    points = {
        reason: _points(reason, window, shown, walls, is_title=titles.get(reason, False))
        for reason in walls.texts
        if reason != "javascript_shell"
    }
    best = max(points, key=points.__getitem__)
    if points[best] < 0:
        return None
    told, is_alone = walls.texts[best].found(window), not _has_article(shown, walls.texts[best])
    if titles.get(best):
        # The first heading may be that of a dialog that is not shown.
        first = _short_headlines(shown.headlines[:1])
        is_title = any(_is_phrase(headline, walls.titles[best]) for headline in first)
        is_sure = is_title and len(told) >= _TOLD_BESIDE_TEXT and not shown.declares_article
        return best if is_alone or is_sure else None
    words = window.split()
    is_dense = len(told) >= _PHRASE_SHARE * len(words)
    is_for_reader = sum(word in walls.reader for word in words) >= _READER_SHARE * len(words)
    return best if is_alone and (is_dense or is_for_reader) else None


def _has_article(shown: Shown, phrases: Phrases) -> bool:
    """Return whether there are paragraphs without a phrase, as of an article beside a wall."""
    free = [len(text) for text in shown.paragraphs if not phrases.found(fold(text))]
    return len(free) >= 2 and sum(free) >= _ARTICLE_CHARS


def _is_shell(shown: Shown, walls: Walls) -> bool:
    if len(shown.visible) > _SHELL_CHARS or len(shown.text) > _SHELL_CHARS:
        return False
    phrases = walls.texts["javascript_shell"]
    is_told = shown.has_mount or bool(phrases.found(fold(shown.visible)))
    return is_told and all(phrases.found(fold(text)) for text in shown.paragraphs)


def _points(reason: str, window: str, shown: Shown, walls: Walls, *, is_title: bool) -> float:
    """Return the points above those that are needed."""
    told = len(walls.texts[reason].found(window))
    if not told:
        return -_NEEDED
    points = float(told) + _TITLE_POINTS * is_title
    if any(name in shown.markup for name in walls.markup.get(reason, ())):
        points += _MARKUP_POINTS
    if reason == "login_wall" and shown.has_password:
        points += _PASSWORD_POINTS
    needed = _NEEDED if is_title else _NEEDED_WITHOUT_TITLE
    if not is_title:
        needed += max(0, len(window) - _FREE_CHARS) / _CHARS_PER_POINT
        needed += 2 * shown.declares_article
    return points - needed


def _window(shown: Shown) -> str:
    """Return the text in which a wall would say what it is: right after its headline."""
    if len(shown.visible) <= _SHORT_PAGE_CHARS:
        return shown.visible[:_SHORT_PAGE_CHARS]
    for headline in reversed(shown.headlines):
        at = shown.visible.find(headline)
        if at >= 0:
            return shown.visible[at : at + _WINDOW_CHARS]
    return shown.text[:_WINDOW_CHARS]


def _short_headlines(headlines: Sequence[str]) -> list[str]:
    """Return the headlines that are short enough to be little more than a phrase, folded."""
    short = (headline for headline in headlines if len(headline) <= _HEADLINE_CHARS)
    return [fold(_QUOTED.sub(" ", headline)) for headline in short]


def _is_phrase(headline: str, phrases: Phrases) -> bool:
    """Return whether a folded headline is little more than one of the phrases."""
    least = _TITLE_SHARE * len(headline)
    return any(len(phrase) >= least for phrase in phrases.found(headline))


def fold(text: str) -> str:
    """Return a text as the phrases are written: lower case, plain marks, single spaces.

    >>> fold("Page not found – sorry!")
    'page not found sorry'
    """
    plain = text.lower().replace("’", "'").replace("‘", "'")
    return squeeze(re.sub(r"[^\w'/#\s.-]|[.-](?!\w)|(?<!\w)[.-]", " ", plain))


def leads_elsewhere(page: Page, visible: str) -> bool:
    """Return whether a page shows little more than a note that leads to another address.

    Args:
        page: The page.
        visible: All its visible text.
    """
    target = parse_refresh(page.first("refresh") or "")
    return target is not None and len(visible) <= MAX_TEXT_CHARS


def is_other_front(url: str | None, final_url: str | None) -> bool:
    """Return whether the address of an article led to the front page of a site.

    >>> is_other_front("https://herald.example/2024/ferry", "https://herald.example/")
    True
    """
    if not url or not final_url:
        return False
    return bool(_path(url)) and not _path(final_url)


def _path(url: str) -> str:
    parts = split_url(url)
    return parts.path.strip("/") + parts.query


def headlines_of(page: Page, titles: Sequence[str | None]) -> tuple[str, ...]:
    """Return the given titles and the page's first heading, without duplicates."""
    shown = [squeeze(element.text_content()) for element in islice(page.body.iter("h1"), 1)]
    parts = [part for title in titles if title for part in (_SITE.split(title)[0], title)]
    found = {key_of(text): text for text in (*parts, *shown) if text}
    return tuple(found.values())
