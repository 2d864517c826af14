"""The report of some days, to read and to save as one file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from starlette.responses import HTMLResponse, Response

from flows.alerts.attention import find_attention
from flows.alerts.lines import lines, needs_you
from flows.web.page import Page
from flows.web.report import render_report, report_policy
from warehouse.migrate import is_current
from warehouse.report_data import report_in

_DAYS, _MOST_DAYS = 30, 3660


def show_report(page: Page) -> Response:
    """Return the report; with `save` in the query string, as a file."""
    days, now = page.number("days", _DAYS, most=_MOST_DAYS), datetime.now(UTC)
    data = report_in(page.con, page.snapshot_name or "", days=days, now=now)
    found = lines(find_attention(page.con, page.settings, now)) if is_current(page.con) else []
    needed = [(line.text, line.advice) for line in found]
    html = render_report(data, made_at=now, needed=needed, heading=needs_you(found))
    headers = {"content-security-policy": f"{report_policy()}; frame-ancestors 'none'"}
    if page.value("save"):
        name = f"report-{data.last_on}.html"
        headers["content-disposition"] = f'attachment; filename="{name}"'
    return HTMLResponse(html, headers=headers)


ROUTES: Final = (("GET", "/report", show_report),)
