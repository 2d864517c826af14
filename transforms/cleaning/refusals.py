"""Why a page that was received is not stored as an article: the fixed reason codes.

A wall or shell stands where an article should be. A page of another type is what it wants to
be, but no article. Both are refused with their code as the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WALLS: Final[dict[str, str]] = {
    "soft_404": "the page says that the article does not exist",
    "consent_wall": "the page asks for consent before it shows the article",
    "captcha": "the page checks whether its reader is a person",
    "login_wall": "the page asks its reader to log in",
    "subscription_wall": "the page offers a subscription and shows no article",
    "maintenance": "the page says that the site is being repaired",
    "javascript_shell": "the page shows nothing without scripts",
    "redirect_page": "the page only leads to another address",
    "section_front": "the page is the front of a site or section",
}

PAGE_TYPES: Final[dict[str, str]] = {
    "article": "an article",
    "live": "a live report",
    "listing": "a list of articles",
    "collection": "a category of products or works",
    "product": "a product",
    "service": "an offer of services",
    "forum": "a forum or its thread",
    "documentation": "documentation of software",
}
KEPT_TYPES: Final = frozenset({"article", "live"})  # unless a setting names others

# The article may stand at the same address later. A page of another type stays what it is.
RETRIED: Final = frozenset(WALLS) - {"section_front"}


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a page is not stored: a fixed code, and what was found in words."""

    reason: str
    detail: str


def type_of_refusal(reason: str) -> str | None:
    """Return the page type that a reason code tells, None if it tells none.

    >>> type_of_refusal("product"), type_of_refusal("captcha"), type_of_refusal("no_text")
    ('product', 'wall', None)
    """
    if reason == "section_front":
        return "listing"
    if reason in WALLS:
        return "wall"
    return reason if reason in PAGE_TYPES else None
