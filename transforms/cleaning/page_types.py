"""The kind of a page, from its signs: article, listing, product, forum, ...

Each type of page that is no article has points for its signs, in
`seeds/cleaning/page_points.csv`; signs of an article count against it. The type with the
most points above zero wins, otherwise the page is an article. The points were fitted with a
logistic regression per type on labelled pages (WCXB, and news pages as articles), with signs
that may only count for or only against a type, and rounded. A page that declares a news
article with its day, or an article with a day and an author, is not refused for its type,
unless it is a front page or a list.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Self

from transforms.cleaning.page_signs import PageWords, Signs
from transforms.tables import Tables

LIVE: Final = "LiveBlogPosting"
# These count, but without another sign they tell no type.
_WEAK: Final = frozenset({
    "always", "bare", "bare_short", "collection_folder", "collection_labels",
    "documentation_folder", "forum_folder", "forum_labels", "forum_slug",
    "little_prose", "mostly_links", "og_website", "page_class", "prices",
    "product_folder", "selects", "shop", "short_slug", "states_faq", "times", "we", "you",
})  # fmt: skip
# Neither do these, on a page that opens like a story: a site may file its articles anywhere.
_WEAK_FOR_STORIES: Final = _WEAK | {
    "bare_service", "list_of_teasers", "listing_folder", "listing_slug", "product_host",
    "service_folder", "service_labels", "service_slug", "states_items",
}  # fmt: skip

# Signs in words, for messages. The others read well as they are.
_MEANINGS: Final[dict[str, str]] = {
    "bare": "neither author nor day",
    "bare_root": "a front page without news",
    "bare_service": "an offer without author and day",
    "bare_short": "a short address, neither author nor day",
    "calls": "buttons that ask for a call or a trial",
    "code": "lines of code",
    "is_root": "the address of a whole site",
    "little_prose": "little text",
    "og_product": "og:type product",
    "og_website": "og:type website or none",
    "page_class": "the class of a landing page",
    "selects": "choices",
    "shop": "prices or a cart",
    "shop_collection": "prices in a collection's folder",
    "shop_product": "prices in a product's folder",
    "states_faq": "questions and answers",
    "states_forum": "a discussion in its metadata",
    "states_items": "a list of items in its metadata",
    "states_list": "a collection in its metadata",
    "states_offer": "an offer in its metadata",
    "thread_of_forum": "posts of a thread",
    "times": "many times of day",
    "we": "the word we",
    "you": "the word you",
}


@dataclass(frozen=True, slots=True)
class PageTypes:
    """The words and points that tell the types of pages.

    Attributes:
        words: The words of the signs.
        points: Points by sign, by page type; the sign "always" is on every page.
    """

    words: PageWords
    points: Mapping[str, Mapping[str, float]]

    @classmethod
    def from_tables(cls, tables: Tables) -> Self:
        """Compile `cleaning/page_words` and `cleaning/page_points`."""
        points: dict[str, dict[str, float]] = {}
        for row in tables["cleaning/page_points"]:
            points.setdefault(row["page_type"], {})[row["sign"]] = float(row["points"])
        return cls(PageWords.from_tables(tables), points)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The type of a page and the signs that told it.

    Attributes:
        page_type: `article`, or another key of `refusals.PAGE_TYPES`.
        told_by: The signs of that type in words: decisive ones first, by their points.
    """

    page_type: str
    told_by: tuple[str, ...]


def is_declared_article(signs: Signs) -> bool:
    """Return whether a page declares an article so fully that no other sign matters.

    >>> is_declared_article({"states_news": 1, "has_day": 1})
    True
    >>> is_declared_article({"og_article": 1, "is_root": 1})
    False
    """
    if signs.get("is_root"):
        return False
    is_dated = signs.get("day_stated") or signs.get("has_day")
    if signs.get("states_list"):
        return bool(signs.get("states_news") and is_dated and signs.get("by_person"))
    is_signed = signs.get("by_person") and signs.get("states_article")
    return bool(is_dated and (signs.get("states_news") or is_signed))


def combine(signs: Signs) -> Signs:
    """Return `signs` with those that several signs make together."""
    has = signs.get
    is_shop = (
        has("product_labels", 0) >= 1
        or has("collection_labels", 0) >= 2
        or has("price_classes", 0) >= 2
        or has("prices", 0) >= 2.5
        or has("states_offer", 0)
    )
    is_dated = has("has_day") or has("day_stated") or has("day_shown")
    declares = has("states_news") or (
        (has("states_article") or has("og_article"))
        and (has("has_day") or (has("by_person") and has("states_article")))
    )
    is_bare = not (is_dated or has("by_person"))
    is_forum = any(has(f"forum_{place}") for place in ("folder", "slug", "host", "generator"))
    return signs | {
        "always": 1.0,
        "declares": float(bool(declares)),
        "shop": float(bool(is_shop)),
        "shop_collection": float(bool(is_shop and has("collection_folder"))),
        "shop_product": float(bool(is_shop and has("product_folder"))),
        "bare": float(is_bare),
        "bare_short": float(bool(is_bare and has("short_slug"))),
        "bare_service": float(bool(is_bare and has("service_folder"))),
        "bare_root": float(bool(has("is_root") and not has("states_news"))),
        "calls": float(has("service_labels", 0) >= 1.5),
        "list_of_teasers": float(bool(has("teasers") and not declares)),
        "many_lines_of_code": float(has("code", 0) >= 1.5),
        "thread_of_forum": has("thread", 0) if is_forum or has("states_forum") else 0.0,
        "looks_like_story": float(bool(has("opens_like_story") and has("long_headline"))),
        "own_text": float(has("own_prose", 0) > 3.3),
    }  # fmt: skip


def tell_type(signs: Signs, page_types: PageTypes, stated: Collection[str] = ()) -> Verdict:
    """Return the type of a page with these signs.

    Args:
        signs: The signs of the page.
        page_types: The points.
        stated: The types of the objects in its JSON-LD.
    """
    all_signs = combine(signs)
    points = {name: _points(all_signs, rows) for name, rows in page_types.points.items()}
    totals = {name: sum(counted.values()) for name, counted in points.items()}
    best = max(totals, key=totals.__getitem__)
    counted = [(sign, n) for sign, n in points[best].items() if n > 0]
    counted.sort(key=lambda sign: (sign[0] in _WEAK, -sign[1]))
    told_by = tuple(_MEANINGS.get(sign, sign.replace("_", " ")) for sign, _ in counted)
    weak = _WEAK_FOR_STORIES if all_signs.get("looks_like_story") else _WEAK
    if totals[best] > 0 and not all(sign in weak for sign, _ in counted):
        return Verdict(best, told_by)
    return Verdict("live" if LIVE in stated else "article", told_by)


def _points(signs: Signs, rows: Mapping[str, float]) -> dict[str, float]:
    return {sign: points * signs[sign] for sign, points in rows.items() if signs.get(sign)}
