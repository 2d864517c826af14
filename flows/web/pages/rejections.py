"""The pages about refused items: by reason, each one, and what was received."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from flows.alerts.advice import advice_on_refusal
from flows.runs.stored_bodies import stored_body
from flows.web.page import Page, PageNotFoundError
from flows.web.templating import query_string
from transforms.charsets import decode

_PER_PAGE: Final = 50
_MOST_PAGES: Final = 10_000
_SHOWN_CHARS: Final = 300_000
_READ_BYTES: Final = 2_000_000
KINDS: Final = {
    "fault": "faults: something is wrong with the page, its rules or this machine",
    "wall": "walls: something stands where an article should be",
    "no_article": "no articles: nothing is missing",
}
Row = dict[str, Any]


def show_rejections(page: Page) -> Response:
    """Return the reasons with counts, and the items that the query string asks for."""
    counts = [row | _advice(row) for row in page.rows("rejection_counts")]
    kept: dict[str, Any] = {
        name: page.value(name) or None for name in ("reason", "kind", "stage", "words")
    }
    at = page.number("page", 1, most=_MOST_PAGES)
    rows = page.rows(
        "rejections_listed", **kept, skip=(at - 1) * _PER_PAGE, most=_PER_PAGE + 1
    )  # one more shows whether there is a next page
    return page.show(
        "rejections.html.j2",
        counts=counts,
        kinds=KINDS,
        by_kind={kind: sum(r["items"] for r in counts if r["kind"] == kind) for kind in KINDS},
        kept=kept,
        rows=[row | _advice(row) for row in rows[:_PER_PAGE]],
        number=at,
        has_more=len(rows) > _PER_PAGE,
        link=lambda number: "/rejections" + query_string(**kept, page=number),
    )


def show_rejected_original(page: Page) -> Response:
    """Return what was received for a refused item, as text."""
    key = page.request.path_params["rejection_id"]
    row = page.row("document_of_rejection", rejection_id=key)
    if row is None:
        raise PageNotFoundError(f"No item was refused under the key {key}. See Rejections.")
    body = None
    if row["document_id"] is not None:
        body = stored_body(
            page.settings.folder, row["document_id"], row["warc_file"], row["warc_offset"]
        )
    text = decode(body[:_READ_BYTES], row["charset"]).text if body is not None else ""
    return page.show(
        "rejected_original.html.j2",
        row=row | _advice(row),
        has_body=body is not None,
        size=len(body or b""),
        text=text[:_SHOWN_CHARS],
        is_cut=len(text) > _SHOWN_CHARS,
    )


def _advice(row: Row) -> dict[str, str]:
    return {"advice": advice_on_refusal(row["reason"], row.get("kind") or "fault", row["stage"])}


ROUTES: Final = (
    ("GET", "/rejections", show_rejections),
    ("GET", "/rejections/{rejection_id}/original", show_rejected_original),
)
