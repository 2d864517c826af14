"""The flow `check`: runs the data checks; a finding of severity `error` fails it."""

from __future__ import annotations

from prefect.artifacts import create_table_artifact
from prefect.runtime import flow_run

from flows.checking import CheckReport, check_warehouse
from flows.errors import ChecksFailedError
from flows.settings import read_settings
from warehouse.checks import Finding


def run_check() -> CheckReport:
    """Check the warehouse and leave what was found as an artifact; for the body of a flow.

    Raises:
        ChecksFailedError: A check of severity `error` found something.
    """
    try:
        report = check_warehouse(read_settings(), flow_run_id=flow_run.get_id())
    except ChecksFailedError as exc:
        _leave(exc.findings)
        raise
    _leave(report.findings)
    return report


def _leave(findings: tuple[Finding, ...]) -> None:
    create_table_artifact(
        [{name: getattr(finding, name) for name in Finding.__slots__} for finding in findings],
        key="check-findings",
        description="Bad rows, and what is wrong with them",
    )
