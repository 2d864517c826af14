"""The article: its text with everything that was found in it, its versions, copies and original."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import orjson
from starlette.responses import RedirectResponse, Response

from flows.archive.captures import Capture
from flows.archive.originals import read_original
from flows.errors import ArchiveError, InputError
from flows.web.article_marks import article_marks
from flows.web.citations import Cited, as_bibtex, as_csl, as_text
from flows.web.marked_text import paragraphs, within_limit
from flows.web.page import Page, PageNotFoundError, Row
from flows.web.selection import Near
from flows.web.story_states import days_of_story
from flows.web.versions import edits
from transforms.article_urls import article_keys

_COPIES: Final = 50
_OTHERS: Final = 5  # articles of the story
_MOST_SOURCE: Final = 500_000  # characters of the source of a page that are shown
_HTML: Final = frozenset({"text/html", "application/xhtml+xml"})
# Nothing runs, nothing is loaded, and no other site shows it. Images in the page itself and its
# own styles are shown.
_FRAME_HEADERS: Final = {
    "content-security-policy": (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        "frame-ancestors 'self'"
    ),
    "x-frame-options": "SAMEORIGIN",
    "x-dns-prefetch-control": "off",
    "referrer-policy": "no-referrer",
}
# Browsers connect to the hosts of such links and frames before they ask the policy.
_HINT: Final = re.compile(r"\b(?:preconnect|dns-prefetch)\b", re.IGNORECASE)
_FRAME: Final = re.compile(r"(</?)(?=(?:i?frame|object|embed)\b)", re.IGNORECASE)


def find_article(page: Page) -> Response:
    """Lead to the article at a URL."""
    url = page.value("url")
    if not url:
        return RedirectResponse("/search", 303)
    row = page.row("article_at", keys=article_keys(url))
    if row is None:
        raise PageNotFoundError(
            f"No article is known at {url}. Search for words of its headline instead."
        )
    return RedirectResponse(page.request.url_for("GET /articles/{article_id}", **row), 303)


def show_article(page: Page) -> Response:
    """Return the article."""
    article = _article(page)
    if isinstance(article, Response):
        return article
    key = {
        "article_id": article["article_id"],
        "revision": article["revision"],
        "day": article["published_on"],
    }
    found = article_marks(
        page.rows("statements_of_article", **key),
        page.rows("silences_of_article", **key),
        page.rows("names_in_article", **key),
        page.rows("days_in_article", **key),
    )
    ident, marks = article["article_id"], within_limit(found.marks)
    return page.show(
        "article.html.j2",
        article=article,
        paragraphs=paragraphs(article["text"], article["paragraph_kinds"] or (), marks),
        found=found,
        left_out=len(found.marks) - len(marks),
        topics=page.rows("topics_of_article", **key),
        keyphrases=page.rows("keyphrases_of_article", **key),
        edits=edits(page.rows("revisions_of_article", article_id=ident)),
        copies=page.rows("copies_of_article", article_id=ident, most=_COPIES),
        story=_story(page, ident),
        citation=as_text(_cited(article)),
    )


def _story(page: Page, article_id: str) -> Row | None:
    """Return the story of an article with some of its other articles, None if it has none."""
    story = page.row("story_of_article", article_id=article_id)
    if story is None:
        return None
    days = days_of_story(story)
    others = page.row(
        "others_of_story", story=story["story_id"], article_id=article_id, **days, most=_OTHERS
    )
    return story | (others or {})


def show_original(page: Page) -> Response:
    """Return the archived original: the facts of its transfer, its look and its source."""
    article = _article(page)
    if isinstance(article, Response):
        return article
    capture, problem = None, ""
    try:
        capture = _capture(page, article)
    except (InputError, ArchiveError) as exc:
        problem = _reason(exc)
    source = _source(capture, article) if capture else ""
    return page.show(
        "original.html.j2",
        article=article,
        capture=capture,
        problem=problem,
        is_html=capture is not None and _is_html(capture, article),
        source=source[:_MOST_SOURCE],
        is_cut=len(source) > _MOST_SOURCE,
    )


def show_frame(page: Page) -> Response:
    """Return the archived page for a frame in which nothing runs and nothing is loaded."""
    article = _article(page)
    if isinstance(article, Response):
        return article
    try:
        capture = _capture(page, article)
    except (InputError, ArchiveError) as exc:
        raise PageNotFoundError(f"The original cannot be shown: {_reason(exc)}.") from exc
    text = _source(capture, article)
    if not _is_html(capture, article):
        return Response(text, media_type="text/plain; charset=utf-8", headers=_FRAME_HEADERS)
    content = _FRAME.sub(r"\1not-", _HINT.sub("none", text)).encode("utf-8", "replace")
    return Response(content, media_type="text/html; charset=utf-8", headers=_FRAME_HEADERS)


def cite(page: Page) -> Response:
    """Return a citation as a file."""
    kind = page.request.path_params["kind"]
    if kind not in _CITATIONS:
        known = ", ".join(_CITATIONS)
        raise PageNotFoundError(f"There is no citation as {kind}: use {known}.")
    article = _article(page)
    if isinstance(article, Response):
        return article
    media_type, make = _CITATIONS[kind]
    name = re.sub(r"[^\w-]", "", article["article_id"], flags=re.ASCII)
    headers = {"content-disposition": f'attachment; filename="{name}.{kind}"'}
    content = make(_cited(article))
    return Response(content.encode("utf-8", "replace"), media_type=media_type, headers=headers)


_CITATIONS: Final[dict[str, tuple[str, Callable[[Cited], str]]]] = {
    "bib": ("application/x-bibtex; charset=utf-8", as_bibtex),
    "json": (
        "application/vnd.citationstyles.csl+json",
        lambda cited: orjson.dumps(as_csl(cited), option=orjson.OPT_INDENT_2).decode(),
    ),
    "txt": ("text/plain; charset=utf-8", lambda cited: f"{as_text(cited)}\n"),
}


def _article(page: Page) -> Row | Response:
    """Return the article of the address, or a redirect if it moved to another key."""
    ident = page.request.path_params["article_id"]
    if (
        row := page.row("article", near=Near("articles", "article", [ident]), article_id=ident)
    ) is not None:
        return row
    moved = page.row("article_at", keys=[ident])
    if moved is None:
        raise PageNotFoundError(
            f"The warehouse has no article {ident}. It may have been removed; search for its words."
        )
    return RedirectResponse(
        page.request.url_for("GET /articles/{article_id}", article_id=moved["article_id"]), 303
    )


def _cited(article: Row) -> Cited:
    return Cited(
        article_id=article["article_id"],
        title=article["title"] or "Without a headline",
        authors=tuple(article["authors"] or ()),
        outlet=article["outlet"] or article["source_id"],
        published_on=article["published_on"],
        url=article["url"],
        language=article["language"],
        accessed_at=article["fetched_at"],
        sha256=article["sha256"],
    )


def _capture(page: Page, article: Row) -> Capture:
    place = article["warc_file"], article["warc_offset"] or 0
    return read_original(page.settings.folder.archive, article["article_id"], *place)


def _reason(error: InputError | ArchiveError) -> str:
    return error.problem if isinstance(error, InputError) else error.detail


def _is_html(capture: Capture, article: Row) -> bool:
    return capture.media_type in _HTML or article["media_type"] == "html"


def _source(capture: Capture, article: Row) -> str:
    """Return the body as text; bytes that are none in its encoding are replaced."""
    try:
        return capture.body.decode(article["charset"] or "utf-8", "replace")
    except LookupError:
        return capture.body.decode("utf-8", "replace")


ROUTES: Final[tuple[tuple[str, str, Any], ...]] = (
    ("GET", "/articles", find_article),
    ("GET", "/articles/{article_id}", show_article),
    ("GET", "/articles/{article_id}/original", show_original),
    ("GET", "/articles/{article_id}/frame", show_frame),
    ("GET", "/articles/{article_id}/cite.{kind}", cite),
)
