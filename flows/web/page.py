"""A page: what it reads from the snapshot, and how it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from flows.web.reading import Reading, Row
from flows.web.templating import environment

__all__ = ["Page", "PageNotFoundError", "Row", "render"]


class PageNotFoundError(Exception):
    """There is nothing under an address; the text says what was looked for."""


@dataclass(slots=True, kw_only=True)
class Page(Reading):
    """One request for a page.

    Attributes:
        request: The request.
        form: What a POST sent.
    """

    request: Request
    form: FormData = field(default_factory=FormData)

    def given(self, name: str) -> str:
        """Return a field of the form that was sent, empty if it is missing."""
        value = self.form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def upload(self, name: str) -> bytes:
        """Return the content of a file that was sent, empty if there is none."""
        value = self.form.get(name)
        return value.file.read() if isinstance(value, UploadFile) else b""

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
