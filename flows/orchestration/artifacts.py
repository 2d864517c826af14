"""A run's progress and report in Prefect's pages, as artifacts and log lines.

Everything in the report is already in our tables, so a run loses nothing if Prefect's server
is not available.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import httpx
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.exceptions import MissingContextError, PrefectException
from prefect.logging import get_run_logger

from flows.events import PrefectFailed
from flows.logs import log
from flows.orchestration.prefect_api import missing_api
from flows.runs.report import RunReport, markdown_report, progress_line, report_lines
from warehouse.checks import Finding


class ProgressBar:
    """The progress of a flow run in Prefect's pages: a bar, and one log line per report."""

    def __init__(self, flow: str) -> None:
        self._flow = flow
        self._artifact_id: UUID | None = None
        self._is_lost = False
        try:
            self._log: logging.Logger | logging.LoggerAdapter[Any] = get_run_logger()
        except MissingContextError:  # the function of a flow was called by itself
            self._log = logging.getLogger(__name__)

    def show(self, report: RunReport) -> None:
        """Show the report so far; without a total the bar stays at 0 until the end."""
        line = progress_line(report)
        self._log.info("%s", line)
        done = report.share or 0.0
        if report.expected:
            done = report.count.seen / report.expected
        self._move(min(99.0, 100 * done), line)

    def finish(self, report: RunReport) -> None:
        """Show the final report."""
        for line in report_lines(report):
            self._log.info("%s", line)
        if report.failure:
            self._log.error("%s", report.failure)
        self._move(100.0, progress_line(report))

    def _move(self, percent: float, line: str) -> None:
        if self._is_lost:
            return
        if missing_api():
            self._is_lost = True  # one check per report would take seconds each
            return
        if self._artifact_id is None:
            _leave(lambda: self._create(percent, line))
        else:
            known = self._artifact_id
            _leave(lambda: update_progress_artifact(known, percent, line))

    def _create(self, percent: float, line: str) -> None:
        made = create_progress_artifact(percent, key=f"{self._flow}-progress", description=line)
        self._artifact_id = made if isinstance(made, UUID) else None


def leave_artifacts(flow: str, report: RunReport) -> None:
    """Create the report as Markdown, and tables of rejections and failed feeds."""
    _leave(lambda: _leave_report(flow, report))


def leave_findings(findings: Sequence[Finding]) -> None:
    """Create a table of the findings of the data checks."""
    rows = [{name: getattr(finding, name) for name in Finding.__slots__} for finding in findings]
    _leave(lambda: _table("check-findings", "Bad rows and what is wrong with them", rows))


def _leave(create: Callable[[], object]) -> None:
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
