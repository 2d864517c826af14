"""Articles on several pages: whether a page is one of them, and where the next one is.

A link to the next page is told by its address: that of the article with the next number,
as `?page=2`, `/page/2`, `/2` or `-2.html`. What a blog calls `rel=next` is mostly another
post, whose address differs in more than a number. The words for "page" are rows of
`seeds/boilerplate/pages.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from lxml.html import HtmlElement

from transforms.tables import Row
from transforms.urls import absolute_url, canonical_url

# A number without a word: "/ferry/2", "ferry-2.html". It may also be the key of another
# article, so it counts only next to the same address without it.
_BARE = re.compile(r"[/_,-](\d{1,2})(?=(?:\.html?)?$)")
_DIGIT = re.compile(r"[0-9]")
_DIGIT_END = re.compile(r"\d(?:\.html?)?/?$")
_END_CHARS = 8  # that `_DIGIT_END` matches at most, with a line break
_LINKS = ("link", "a")


@dataclass(frozen=True, slots=True)
class PagingWords:
    """Patterns of page numbers.

    Attributes:
        address: Finds the number of a page in a URL; the number is in one of its groups.
        in_lower: The same for URLs in lower case, which takes half the time.
        line: Matches a whole line that is a page number ("page 1 of 3").
    """

    address: re.Pattern[str]
    in_lower: re.Pattern[str]
    line: re.Pattern[str]

    @classmethod
    def from_rows(cls, rows: Iterable[Row]) -> Self:
        """Compile the rows, whose column `class` is `page` or `of`."""
        words: dict[str, list[str]] = {"page": [], "of": []}
        for row in rows:
            words[row["class"]].append(re.escape(row["word"]))
        page, of = "|".join(words["page"]), "|".join(words["of"])
        end = r"(?=[/.?&]|$)"
        address = rf"[?&](?:{page})=(\d{{1,3}})(?=&|$)|[/_,-](?:{page})[/_-]?(\d{{1,3}}){end}"
        return cls(
            re.compile(address, re.IGNORECASE),
            re.compile(address),
            re.compile(rf"(?:{page}) \d{{1,3}} ?(?:/|{of}) ?\d{{1,3}}", re.IGNORECASE),
        )

    def name_page(self, address: str) -> bool:
        """Return whether a URL has the number of a page behind one of the words."""
        if not address.isascii():
            return self.address.search(address) is not None
        has_number = _DIGIT.search(address) is not None
        return has_number and self.in_lower.search(address.lower()) is not None


@dataclass(frozen=True, slots=True)
class Pages:
    """What a page says about the other pages of its article.

    Attributes:
        next_url: The next page, None if there is none.
        flags: `more_pages` if there is one, `later_page` if this is not the first.
    """

    next_url: str | None
    flags: tuple[str, ...]


def find_pages(
    tree: HtmlElement, url: str | None, declared: str | None, words: PagingWords
) -> Pages:
    """Return which pages of its article a page links to.

    Args:
        tree: The page, before its navigation is cut out.
        url: Its address, None if unknown.
        declared: Its canonical URL.
        words: The patterns of page numbers.

    Examples:
        >>> from lxml.html import fromstring
        >>> rows = [{"word": "page", "class": "page"}, {"word": "of", "class": "of"}]
        >>> words = PagingWords.from_rows(rows)
        >>> page = fromstring("<p>The dam held. <a rel='next' href='/dam?page=2'>Next</a></p>")
        >>> find_pages(page, "https://herald.example/dam", None, words)
        Pages(next_url='https://herald.example/dam?page=2', flags=('more_pages',))
    """
    own = canonical_url(url or declared or "")
    if own is None:
        return Pages(None, ())
    links = list(_read_links(tree, url or declared, words))
    keys = {link.key for link in links}
    base, number = split_number(own, words)
    if number is None:
        start = _BARE.sub("", own)
        bare = _BARE.search(own)
        is_later = bare is not None and start in keys
        base, number = (start, int(bare[1])) if bare and is_later else (own, 1)
    else:
        before = {link.number(base, words) for link in links} | {1 if base in keys else None}
        is_later = number > 1 and not before.isdisjoint((1, number - 1))
    following = (link for link in links if link.number(base, words) == number + 1)
    found = next((link.url for link in following if link.is_next or link.is_number), None)
    flags = [("later_page", is_later), ("more_pages", found is not None)]
    return Pages(found, tuple(flag for flag, is_set in flags if is_set))


@dataclass(frozen=True, slots=True)
class _Link:
    url: str
    key: str
    is_next: bool
    is_number: bool

    def number(self, base: str, words: PagingWords) -> int | None:
        """Return the number of the page if it is one of the article at `base`."""
        start, number = split_number(self.key, words)
        if number is None and (bare := _BARE.search(self.key)):
            start, number = _BARE.sub("", self.key), int(bare[1])
        return number if start == base else None


def _read_links(tree: HtmlElement, url: str | None, words: PagingWords) -> Iterator[_Link]:
    """Yield the links of a page that may lead to other pages of its article."""
    for element in tree.iter(*_LINKS):
        href, rel = element.get("href") or "", (element.get("rel") or "").lower()
        if not rel and not _DIGIT.search(href):
            continue
        is_next, is_previous = "next" in rel.split(), "prev" in rel
        is_number = words.name_page(href) or (
            _DIGIT_END.search(href, max(0, len(href) - _END_CHARS)) is not None
            and "".join(element.itertext()).strip().isdigit()
        )
        if not (is_next or is_previous or is_number) or "#comment" in href:
            continue
        address, key = absolute_url(href, url), canonical_url(href, url)
        if address and key:
            yield _Link(address, key, is_next, is_number)


def split_number(key: str, words: PagingWords) -> tuple[str, int | None]:
    """Return the address of an article and the number of its page, None if it has none.

    >>> words = PagingWords.from_rows([{"word": "seite", "class": "page"}])
    >>> split_number("https://herald.example/dam?seite=3", words)
    ('https://herald.example/dam', 3)
    """
    match = words.address.search(key)
    if match is None:
        return key, None
    rest = key[match.end() :]
    if match[0].startswith("?"):
        rest = rest.replace("&", "?", 1)
    return (key[: match.start()] + rest).rstrip("/"), int(match[1] or match[2])
