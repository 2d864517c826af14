"""The one place where htmldate searches a page for its publication day."""

from __future__ import annotations

from datetime import UTC, datetime

from htmldate import find_date
from lxml.html import HtmlElement

from transforms.cleaning.instants import Stamp

_CONFIDENCE = 0.7  # right for two in three of the pages that state no instant


def search_published(tree: HtmlElement, url: str | None, *, latest: datetime) -> Stamp | None:
    """Return the day that htmldate finds in the markup and text of a page.

    Asked only where the cheap sources are silent: it costs as much as the extraction.
    """
    found = find_date(
        tree, original_date=True, extensive_search=True, url=url, max_date=latest.date().isoformat()
    )
    if not found:
        return None
    return Stamp(datetime.fromisoformat(found).replace(tzinfo=UTC), "day", "search", _CONFIDENCE)
