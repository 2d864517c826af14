"""A run's report in Prefect's UI."""

from __future__ import annotations

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.runs import RunReport
from flows.terminal.report import markdown_report


def leave_artifacts(flow: str, report: RunReport) -> None:
    """Leave the report as Markdown, and what was refused or failed as tables."""
    create_markdown_artifact(
        markdown_report(report), key=f"{flow}-report", description="What was done"
    )
    create_table_artifact(
        [
            {"item": r.item, "stage": r.stage, "reason": r.reason, "detail": r.detail}
            for r in report.rejections
        ],
        key=f"{flow}-rejections",
        description="What was refused, and why",
    )
    if report.polls is not None:
        create_table_artifact(
            [
                {"feed": url, "code": code, "detail": detail}
                for url, code, detail in report.polls.failures
            ],
            key=f"{flow}-failed-feeds",
            description="Feeds that failed, and why",
        )
