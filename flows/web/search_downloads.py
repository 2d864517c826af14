"""All matches of a search as a file: CSV, a workbook, JSON Lines or RSS."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, Final

from starlette.responses import Response

from flows.output.formats import Format
from flows.output.row_text import sheet_of, text_of
from flows.rss import Item, as_rss
from flows.web.search_form import SearchForm
from flows.web.streams import HeldStream
from warehouse.search_explore import Asked, Shown, ask, read_part
from warehouse.search_hits import Hit
from warehouse.search_reader import SearchReader
from warehouse.search_statements import SaidHit, find_statements, with_titles
from warehouse.spreadsheet import write_workbook

MOST_ROWS: Final = 10_000
_MOST_ITEMS: Final = 50  # of a feed
_AT_ONCE: Final = 1_000  # articles whose texts are in memory; fewer need more scans of the texts

# For each ending: the name for people and the media type.
KINDS: Final = {
    "csv": ("CSV", "text/csv; charset=utf-8"),
    "xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "jsonl": ("JSON Lines", "application/jsonl; charset=utf-8"),
    "rss": ("RSS", "application/rss+xml; charset=utf-8"),
}
_ARTICLE: Final = {
    "published_at": "TIMESTAMP WITH TIME ZONE", "source_id": "VARCHAR", "title": "VARCHAR",
    "url": "VARCHAR", "language": "VARCHAR", "speaker": "VARCHAR", "passage": "VARCHAR",
    "score": "DOUBLE", "article_id": "VARCHAR", "revision": "INTEGER",
}  # fmt: skip
_STATEMENT: Final = {
    "published_at": "TIMESTAMP WITH TIME ZONE", "source_id": "VARCHAR", "speaker": "VARCHAR",
    "speaker_role": "VARCHAR", "statement": "VARCHAR", "kind": "VARCHAR", "confidence": "DOUBLE",
    "title": "VARCHAR", "url": "VARCHAR", "language": "VARCHAR", "article_id": "VARCHAR",
    "revision": "INTEGER", "start_char": "INTEGER",
}  # fmt: skip


@dataclass(slots=True)
class _Listed:
    """The matches as rows."""

    types_of: dict[str, str]
    pieces: Iterator[list[tuple[Any, ...]]]
    columns: Sequence[str] = field(init=False)
    types: Sequence[str] = field(init=False)

    def __post_init__(self) -> None:
        self.columns, self.types = tuple(self.types_of), tuple(self.types_of.values())

    @property
    def distinct_columns(self) -> Sequence[str]:
        return self.columns

    def __iter__(self) -> Iterator[list[tuple[Any, ...]]]:
        return self.pieces


def download(searches: SearchReader, form: SearchForm, kind: str, *, base: str) -> Response:
    """Return up to `MOST_ROWS` matches in the order of the form, or the newest ones as RSS.

    Args:
        searches: The reader of searches.
        form: The question.
        kind: One of `KINDS`.
        base: Address of the site, without a slash at its end.

    Raises:
        SearchSyntaxError: The question cannot be read.
    """
    name = "statements" if form.shown else "articles"
    headers = {"content-disposition": f'attachment; filename="onrecord-{name}.{kind}"'}
    media_type = KINDS[kind][1]
    with contextlib.ExitStack() as stack:
        if kind == "rss":
            return Response(_feed(searches, form, base), media_type=media_type)
        rows = _rows(searches, form, stack)
        if kind == "xlsx":
            return Response(_workbook(rows), media_type=media_type, headers=headers)
        fmt = Format.CSV if kind == "csv" else Format.JSONL
        held = stack.pop_all()
        return HeldStream(_encoded(rows, fmt), held, media_type=media_type, headers=headers)
    raise AssertionError("unreachable")


def _encoded(rows: _Listed, fmt: Format) -> Iterator[bytes]:
    for text in text_of(rows, fmt):
        yield text.encode("utf-8", "replace")


def _workbook(rows: _Listed) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "onrecord.xlsx"
        write_workbook(target, [sheet_of(rows)])
        return target.read_bytes()


def _rows(searches: SearchReader, form: SearchForm, opened: contextlib.ExitStack) -> _Listed:
    """Return the matches as rows; they are read while `opened` is open."""
    con, months = opened.enter_context(searches.reading())
    is_newest_first = form.sort == "newest"
    asked = ask(con, months, form.tree(), most_texts=MOST_ROWS)
    if not form.shown:
        shown = Shown(most=MOST_ROWS, is_newest_first=is_newest_first)
        pieces = (
            [_article(hit) for hit in hits] for hits in read_part(con, asked, shown, _AT_ONCE)
        )
        # A snapshot that cannot be read is told on a page, before the file begins.
        first = next(pieces, [])
        return _Listed(_ARTICLE, chain([first], pieces))
    found = _statements(con, asked, is_newest_first=is_newest_first)[:MOST_ROWS]
    rows = [_statement(hit) for hit in with_titles(con, found)]
    return _Listed(_STATEMENT, iter([rows]))


def _statements(con: Any, asked: Asked, *, is_newest_first: bool) -> list[SaidHit]:
    return find_statements(
        con, asked.tree, asked.matches, is_newest_first=is_newest_first, most=MOST_ROWS
    )


def _article(hit: Hit) -> tuple[Any, ...]:
    return (
        hit.published_at, hit.source_id, hit.title, hit.url, hit.language, hit.speaker,
        hit.snippet.text, hit.score, hit.article_id, hit.revision,
    )  # fmt: skip


def _statement(hit: SaidHit) -> tuple[Any, ...]:
    return tuple(getattr(hit, name) for name in _STATEMENT)


def _feed(searches: SearchReader, form: SearchForm, base: str) -> bytes:
    """Return the newest matches as RSS; articles lead to their publishers."""
    with searches.reading() as (con, months):
        asked = ask(con, months, form.tree())
        if form.shown:
            found = _statements(con, asked, is_newest_first=True)[:_MOST_ITEMS]
            items = [_said_item(hit, base) for hit in with_titles(con, found)]
        else:
            shown = Shown(most=_MOST_ITEMS, is_newest_first=True)
            parts = read_part(con, asked, shown, _MOST_ITEMS)
            items = [_article_item(hit, base) for hits in parts for hit in hits]
    newest = max((item.published_at for item in items if item.published_at), default=None)
    return as_rss(
        f"onrecord: {form.as_words({}) or 'search'}",
        base + form.link(),
        f"The newest {'statements' if form.shown else 'articles'} that match",
        items,
        built_at=newest or datetime.now(UTC),
    )


def _article_item(hit: Hit, base: str) -> Item:
    said = f"{hit.speaker}: {hit.snippet.text}" if hit.speaker else hit.snippet.text
    return Item(
        guid=f"tag:onrecord,2026:{hit.article_id}",
        title=hit.title or "(without a headline)",
        description=f"{said} ({hit.source_id})",
        link=hit.url or f"{base}/articles/{hit.article_id}",
        published_at=hit.published_at,
    )


def _said_item(hit: SaidHit, base: str) -> Item:
    digest = hashlib.sha256(hit.statement.encode("utf-8", "replace")).hexdigest()[:16]
    return Item(
        guid=f"tag:onrecord,2026:{hit.article_id}:{digest}",
        title=hit.title or "(without a headline)",
        description=f"{hit.speaker or 'somebody unnamed'}: {hit.statement} ({hit.source_id})",
        link=hit.url or f"{base}/articles/{hit.article_id}",
        published_at=hit.published_at,
    )
