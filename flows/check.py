"""The flow `check`: runs the data checks; a finding of severity `error` fails it."""

from __future__ import annotations

from prefect.runtime import flow_run

from flows.checking import CheckReport, check_warehouse
from flows.errors import ChecksFailedError
from flows.orchestration.artifacts import leave_findings
from flows.settings import read_settings


def run_check() -> CheckReport:
    """Check the warehouse and leave what was found as an artifact; for the body of a flow.

    Raises:
        ChecksFailedError: A check of severity `error` found something.
    """
    try:
        report = check_warehouse(read_settings(), flow_run_id=flow_run.get_id())
    except ChecksFailedError as exc:
        leave_findings(exc.findings)
        raise
    leave_findings(report.findings)
    return report
