"""The pages for SQL: the tables and views, and a query with its result."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Final

from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from flows.output.formats import Format
from flows.output.row_text import text_of
from flows.seeds import seeds_dir
from flows.web.desk import desk_of
from flows.web.page import Page, PageNotFoundError
from flows.web.result_chart import draw_result, number_columns
from warehouse.errors import QueryError
from warehouse.limited_reader import Result, RowStream
from warehouse.relations import read_dictionary

_ROWS: Final = 500  # of a result on the page; downloads have all
_MOST_SQL: Final = 100_000  # characters
_FORMATS: Final = {
    "csv": (Format.CSV, "text/csv; charset=utf-8"),
    "jsonl": (Format.JSONL, "application/jsonl; charset=utf-8"),
}


def show_dictionary(page: Page) -> Response:
    """Return the tables and views with their columns."""
    return page.show("dictionary.html.j2", relations=read_dictionary(page.con))


def show_relation(page: Page) -> Response:
    """Return one table or view with its first rows."""
    name = page.request.path_params["name"]
    relations = {relation.name: relation for relation in read_dictionary(page.con)}
    if name not in relations:
        raise PageNotFoundError(f"The warehouse has no table or view {name}.")
    return page.show("relation.html.j2", relation=relations[name])


def show_query(page: Page) -> Response:
    """Return the editor; with a query, its result or why it has none."""
    sql = page.value("sql")
    name = page.value("example")
    if name:
        return RedirectResponse(
            page.request.url.include_query_params(sql=_example(name), example="")
        )
    result, problem = None, ""
    if sql:
        try:
            result = _ask(page, sql)
        except QueryError as exc:
            problem = str(exc)
    return page.show(
        "query.html.j2",
        sql=sql,
        result=result,
        numbers=number_columns(result) if result else [],
        problem=problem,
        most=_ROWS,
        drawings=draw_result(result) if result and page.value("as") == "chart" else None,
        is_chart=page.value("as") == "chart",
        examples=_examples(),
    )


def download_query(page: Page) -> Response:
    """Return all rows of a query as a file."""
    kind = page.request.path_params["kind"]
    if kind not in _FORMATS:
        raise PageNotFoundError(f"There is no download as {kind}: use {' or '.join(_FORMATS)}.")
    fmt, media_type = _FORMATS[kind]
    with contextlib.ExitStack() as stack:
        reader = stack.enter_context(desk_of(page.request).readers.lent())
        page.at_cancel.append(reader.close)
        rows = reader.stream(page.value("sql")[:_MOST_SQL])
        kept = stack.pop_all()
    return StreamingResponse(
        _streamed(kept, rows, fmt),
        media_type=media_type,
        headers={"content-disposition": f'attachment; filename="onrecord.{kind}"'},
    )


def _streamed(kept: contextlib.ExitStack, rows: RowStream, fmt: Format) -> Iterator[bytes]:
    with kept:
        for text in text_of(rows, fmt):
            yield text.encode("utf-8", "replace")


def _ask(page: Page, sql: str) -> Result:
    if len(sql) > _MOST_SQL:
        raise QueryError(f"the query is longer than {_MOST_SQL:,} characters")
    with desk_of(page.request).readers.lent() as reader:
        page.at_cancel.append(reader.close)
        return reader.ask(sql, most=_ROWS)


def show_words(page: Page) -> Response:
    """Return the words that the editor completes: tables, views and their columns, as JSON."""
    words = {
        relation.name: [column.name for column in relation.columns]
        for relation in read_dictionary(page.con)
    }
    return JSONResponse(words)


def _examples() -> list[tuple[str, str]]:
    """Return the name and the question of each example."""
    folder = seeds_dir() / "queries"
    return [
        (path.stem, path.read_text("utf-8").partition("\n")[0].removeprefix("-- "))
        for path in sorted(folder.glob("*.sql"))
    ]


def _example(name: str) -> str:
    if name not in dict(_examples()):
        raise PageNotFoundError(f"There is no example {name}.")
    return (seeds_dir() / "queries" / f"{name}.sql").read_text("utf-8")


ROUTES: Final = (
    ("GET", "/data", show_dictionary),
    ("GET", "/data/tables/{name}", show_relation),
    ("GET", "/data/sql", show_query),
    ("GET", "/data/words.json", show_words),
    ("GET", "/data/sql.{kind}", download_query),
)
