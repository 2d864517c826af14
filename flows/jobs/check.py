"""The job `check`: run the SQL checks on the snapshot and record their findings."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from flows.errors import ChecksFailedError
from flows.events import CheckFound
from flows.logs import log
from flows.metrics.update import update_metrics
from flows.printable import number
from flows.runs.publication import publish_logged
from flows.runs.run import JobContext, begin_run, failure_recorded, record_state
from flows.settings import Settings
from warehouse.append import append_rows
from warehouse.checks import Finding, find_bad_rows, load_checks
from warehouse.connect import open_live, open_snapshot
from warehouse.errors import WarehouseDamagedError
from warehouse.integrity import read_through


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The findings of all checks, the worst first."""

    run_id: str
    checks: int
    findings: tuple[Finding, ...]

    @property
    def summary(self) -> str:
        """Counts of checks and findings, as one line."""
        bad = Counter(finding.severity for finding in self.findings)
        return (
            f"{number(self.checks, 'check')}: {number(bad['error'], 'error')}, "
            f"{number(bad['warning'], 'warning')}"
        )


def check_warehouse(settings: Settings, context: JobContext | None = None) -> CheckReport:
    """Check the published snapshot, record the findings and publish them.

    Every value of the snapshot is read. Publishing does the same with the live file.

    Raises:
        ChecksFailedError: A check of severity `error` found something; all findings are
            recorded.
        WarehouseError: Nothing was published yet, or the warehouse is damaged or cannot be
            written.
    """
    now, started = datetime.now(UTC), time.monotonic()
    run = begin_run("check", settings, context, parameters={}, now=now)
    with failure_recorded(run):
        checks = load_checks()
        found = _replace_damaged(settings)
        with open_snapshot(settings.folder) as con:
            found += [finding for check in checks for finding in find_bad_rows(con, check, now)]
        for finding in found:
            log(CheckFound(**{name: getattr(finding, name) for name in CheckFound.field_names()}))
        found.sort(key=lambda finding: finding.severity)
        rows = [asdict(finding) | {"run_id": run.run_id, "found_at": now} for finding in found]
        with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
            con.execute("BEGIN")
            append_rows(con, "checks", rows)
            con.execute("COMMIT")
        report = CheckReport(run.run_id, len(checks), tuple(found))
        failed = any(finding.severity == "error" for finding in found)
        detail = f"{report.summary} in {time.monotonic() - started:.1f} s"
        record_state(run, "failed" if failed else "completed", detail=detail)
        publish_logged(settings)
    update_metrics(settings)
    if failed:
        raise ChecksFailedError(report.summary, report.findings)
    return report


def _replace_damaged(settings: Settings) -> list[Finding]:
    """Publish a new snapshot if the newest one is damaged; return the finding."""
    path = settings.folder.newest.resolve()
    if not path.exists():
        return []
    try:
        read_through(path)
    except WarehouseDamagedError as exc:
        publish_logged(settings)
        detail = f"{exc.reason}: a new snapshot was published, but look at the disk"
        return [Finding("damaged_snapshot", "error", path.name, detail)]
    return []
