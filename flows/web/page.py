"""A page: what it reads from the snapshot, and how it is shown.

Every query of a page is a file in `warehouse/pages`. The page keeps its text with the values
filled in, so that a reader can see the SQL behind each figure and change it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from flows.settings import Settings
from flows.web.selection import Selection
from flows.web.shown_sql import filled_in
from flows.web.snapshots import KeptAnswers, OpenSnapshot
from flows.web.templating import environment
from warehouse.conditions import Connection
from warehouse.errors import WarehouseMissingError
from warehouse.sql_files import read_sql

Row = dict[str, Any]


class PageNotFoundError(Exception):
    """There is nothing under an address; the text says what was looked for."""


@dataclass(slots=True)
class Page:
    """One request for a page.

    Attributes:
        request: The request.
        settings: The settings of the server.
        opened: A connection to the newest snapshot; None before the first was published.
        snapshot: The newest snapshot; None before the first was published.
        form: What a POST sent.
        asked: The queries so far, as they can be run again, by name.
        is_cancelled: Whether the reader has gone away.
        at_cancel: What ends the work that a handler does elsewhere.
    """

    request: Request
    settings: Settings
    opened: Connection | None
    snapshot: OpenSnapshot | None
    form: FormData = field(default_factory=FormData)
    asked: dict[str, str] = field(default_factory=dict)
    is_cancelled: bool = False
    at_cancel: list[Callable[[], None]] = field(default_factory=list)

    def cancel(self) -> None:
        """End the queries of the page: nobody waits for it any more."""
        self.is_cancelled = True
        if self.opened is not None:
            self.opened.interrupt()
        for end in self.at_cancel:
            end()

    @property
    def snapshot_name(self) -> str | None:
        """File name of the snapshot, None before the first was published."""
        return self.snapshot.path.name if self.snapshot else None

    @property
    def con(self) -> Connection:
        """The connection; raises WarehouseMissingError before the first snapshot."""
        if self.opened is None:
            raise WarehouseMissingError(self.settings.folder.newest)
        return self.opened

    def given(self, name: str) -> str:
        """Return a field of the form that was sent, empty if it is missing."""
        value = self.form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def upload(self, name: str) -> bytes:
        """Return the content of a file that was sent, empty if there is none."""
        value = self.form.get(name)
        return value.file.read() if isinstance(value, UploadFile) else b""

    def select(self, table: str, name: str, **values: object) -> Selection:
        """Return the rows of a query in `warehouse/pages` for other queries to read.

        Args:
            table: The name under which the other queries read them.
            name: The query.
            values: Its values.
        """
        return Selection(table, read_sql("pages", name), values)

    def rows(self, name: str, /, *, of: Selection | None = None, **values: object) -> list[Row]:
        """Return the rows of a query in `warehouse/pages`, as mappings from column to value.

        Args:
            name: The query.
            of: The rows that it reads, if several queries of the page read them.
            values: Its values.
        """
        con, sql = self.con, read_sql("pages", name)
        question = filled_in(sql, values)
        if of is not None:
            question = of.before(question)
        self.asked[name] = question
        kept = self.snapshot.answers if self.snapshot else KeptAnswers()
        key = datetime.now(UTC).date(), question  # some queries ask for the current day
        rows = kept.get(key)
        if rows is None:
            if of is not None:
                of.find(con)
            result = con.execute(sql, values)
            columns = [column[0] for column in result.description or []]
            rows = [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
            kept.keep(key, rows)
        return [{**row} for row in rows]  # a handler may change its own

    def row(self, name: str, /, *, of: Selection | None = None, **values: object) -> Row | None:
        """Return the first row of a query, None if it has none."""
        return next(iter(self.rows(name, of=of, **values)), None)

    def value(self, name: str) -> str:
        """Return a value of the query string, empty if it is missing."""
        return self.request.query_params.get(name, "").strip()

    def day(self, name: str) -> date | None:
        """Return a day of the query string; None if it is missing or is no day."""
        try:
            return date.fromisoformat(self.value(name))
        except ValueError:
            return None

    def number(self, name: str, default: int, *, most: int) -> int:
        """Return a number of the query string between 1 and `most`, otherwise the default."""
        text = self.value(name)
        return min(max(int(text), 1), most) if text.isascii() and text.isdigit() else default

    def show(self, template: str, /, *, status: int = 200, **values: object) -> Response:
        """Return the page that a template makes of some values."""
        return render(
            self.request,
            template,
            status=status,
            asked=self.asked,
            snapshot=self.snapshot_name,
            **values,
        )


def render(
    request: Request,
    template: str,
    /,
    *,
    status: int = 200,
    asked: Mapping[str, str] | None = None,
    snapshot: str | None = None,
    **values: object,
) -> Response:
    """Return a page without or with data of a snapshot.

    Args:
        request: The request.
        template: File name of the template.
        status: HTTP status.
        asked: The queries behind the page, by name.
        snapshot: The snapshot that was read, None if none was.
        values: What the template shows.
    """
    page = environment().get_template(template)
    html = page.render(
        path=request.url.path,
        csrf=request.scope.get("csrf", ""),
        is_signed_in=request.scope.get("is_signed_in", False),
        may=request.scope.get("scopes", ()),
        is_locked=request.scope["access"].needs_password,
        question=request.query_params.get("q", "") if request.url.path == "/search" else "",
        made_at=datetime.now(UTC),
        asked=asked or {},
        snapshot=snapshot,
        **values,
    )
    return HTMLResponse(html, status)
