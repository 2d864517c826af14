"""A run's report as artifacts in Prefect's UI.

Everything in the report is already in our tables, so a run loses nothing if Prefect's server
is not available.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import httpx
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.exceptions import PrefectException

from flows.events import PrefectFailed
from flows.logs import log
from flows.orchestration.setup import missing_api
from flows.runs.report import RunReport, markdown_report
from warehouse.checks import Finding


def leave_artifacts(flow: str, report: RunReport) -> None:
    """Create the report as Markdown, and tables of rejections and failed feeds."""
    _leave(lambda: _leave_report(flow, report))


def leave_findings(findings: Sequence[Finding]) -> None:
    """Create a table of the findings of the data checks."""
    rows = [{name: getattr(finding, name) for name in Finding.__slots__} for finding in findings]
    _leave(lambda: _table("check-findings", "Bad rows and what is wrong with them", rows))


def _leave(create: Callable[[], None]) -> None:
    if missing_api():
        log(PrefectFailed(detail="its API does not answer: no artifacts were created"))
        return
    try:
        create()
    except (httpx.HTTPError, OSError, RuntimeError, PrefectException) as exc:
        log(PrefectFailed(detail=f"artifacts cannot be created: {exc}"))


def _leave_report(flow: str, report: RunReport) -> None:
    create_markdown_artifact(
        markdown_report(report), key=f"{flow}-report", description="Report of the run"
    )
    rejections = [
        {"item": r.item, "stage": r.stage, "reason": r.reason, "detail": r.detail}
        for r in report.rejections
    ]
    _table(f"{flow}-rejections", "Rejected items and why", rejections)
    if report.polls is not None:
        failures = [
            {"feed": url, "code": code, "detail": detail}
            for url, code, detail in report.polls.failures
        ]
        _table(f"{flow}-failed-feeds", "Feeds that failed and why", failures)


def _table(key: str, description: str, rows: list[dict[str, Any]]) -> None:
    create_table_artifact(rows, key=key, description=description)
