"""Screens a page: whether it is an article, and if not, why it is refused.

A page is looked at before parts of it are cut, and judged once its text is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from transforms.cleaning.blocks import Block, prose_chars
from transforms.cleaning.instants import Stamp
from transforms.cleaning.jsonld import Statement
from transforms.cleaning.page import Page
from transforms.cleaning.page_signs import (
    Signs,
    address_signs,
    built_signs,
    declared_signs,
    is_titled,
    text_signs,
)
from transforms.cleaning.page_types import LIVE, PageTypes, is_declared_article, tell_type
from transforms.cleaning.refusals import KEPT_TYPES, PAGE_TYPES, WALLS, Refused
from transforms.cleaning.walls import (
    Shown,
    Walls,
    find_wall,
    headlines_of,
    is_other_front,
    leads_elsewhere,
    read_markup,
)

_HEADLINE_WORDS, _HEADLINE_CHARS = 5, 36  # not all scripts have spaces
_TOLD_BY = 3  # signs that a refusal names


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a page shows before anything is cut out of it.

    Attributes:
        signs: What it declares, its address and how it is built.
        stated: The types of the objects in its JSON-LD.
        headlines: Its title and headings of the first level.
        markup: Names of its scripts and elements.
        has_password: Whether it asks for a password.
        has_mount: Whether it has an element that scripts fill.
        is_sure: Whether it declares an article so fully that its type is known.
        is_front: Whether the address of an article led to a front page.
    """

    signs: Signs
    stated: frozenset[str]
    headlines: tuple[str, ...]
    markup: str
    has_password: bool
    has_mount: bool
    is_sure: bool
    is_front: bool


def look_at(
    page: Page,
    statement: Statement,
    *,
    title: str | None,
    authors: Sequence[str],
    stamp: Stamp | None,
    url: str | None,
    asked_url: str | None,
    page_types: PageTypes,
) -> Look:
    """Return the look of a page.

    Args:
        page: The page, before anything is cut out of it.
        statement: What its JSON-LD says about the article.
        title: Its headline.
        authors: Its authors.
        stamp: When it was published.
        url: Its address.
        asked_url: The address that was asked for.
        page_types: The words and points of page types.
    """
    signs = declared_signs(page, statement.types, page_types.words)
    if url:
        signs |= address_signs(url, page_types.words)
        signs["titled_slug"] = is_titled(url, title or "")
    words, chars = len((title or "").split()), prose_chars(title or "")
    signs["long_headline"] = words >= _HEADLINE_WORDS or (words <= 2 and chars >= _HEADLINE_CHARS)
    origin = stamp.origin if stamp else None
    is_of_article = origin == "json_ld" and statement.is_article
    signs["by_person"] = bool(authors) and " " in authors[0]
    signs["day_stated"] = is_of_article or origin in {"meta", "feed"}
    signs["day_shown"] = origin in {"text", "time"}
    is_sure = is_declared_article(signs)
    if not is_sure:
        signs |= built_signs(page.body, page_types.words)
    markup, has_password, has_mount = ("", False, False) if is_sure else read_markup(page)
    return Look(
        signs=signs,
        stated=statement.types,
        headlines=headlines_of(page, (page.tree.findtext(".//title"), title)),
        markup=markup,
        has_password=has_password,
        has_mount=has_mount,
        is_sure=is_sure,
        is_front=is_other_front(asked_url, url),
    )


def judge(
    look: Look,
    page: Page,
    *,
    blocks: Sequence[Block],
    visible: str,
    text: str,
    walls: Walls,
    page_types: PageTypes,
) -> Refused | str:
    """Return the type of an article's page, or why the page is no article.

    Args:
        look: The look of the page.
        page: The page.
        blocks: Its blocks, after the regions that are never text were cut.
        visible: All its visible text.
        text: The text that was taken as the article.
        walls: The phrases of walls.
        page_types: The words and points of page types.
    """
    if leads_elsewhere(page, visible):
        return _wall("redirect_page")
    shown = Shown(
        headlines=look.headlines,
        visible=visible,
        text=text,
        paragraphs=tuple(block.text for block in blocks if block.is_prose),
        markup=look.markup,
        has_password=look.has_password,
        has_mount=look.has_mount,
        declares_article=bool(look.signs.get("states_news") or look.is_sure),
    )
    wall = find_wall(shown, walls)
    if wall:
        return _wall(wall)
    if look.is_front and not look.signs.get("states_news"):
        return _wall("section_front")
    if look.is_sure:
        return "live" if LIVE in look.stated else "article"
    signs = look.signs | text_signs(blocks, visible)
    verdict = tell_type(signs, page_types, look.stated)
    if verdict.page_type in KEPT_TYPES:
        return verdict.page_type
    if verdict.page_type == "listing" and look.signs.get("is_top"):
        return _wall("section_front")
    told_by = ", ".join(verdict.told_by[:_TOLD_BY])
    kind = PAGE_TYPES[verdict.page_type]
    return Refused(verdict.page_type, f"the page is {kind}, not an article (told by: {told_by})")


def _wall(reason: str) -> Refused:
    return Refused(reason, WALLS[reason])
