"""The flow `backfill`: fills a range of days from the archive, WARC files, sitemaps, feeds or files."""

from __future__ import annotations

from prefect import flow
from prefect.runtime import flow_run

from flows.batches import Steps
from flows.load import analyse, append, publish
from flows.orchestration.artifacts import leave_artifacts
from flows.ranges.backfilling import OnReport, Plan, backfill_range
from flows.ranges.windows import BackfillWish
from flows.runs import RunReport
from flows.settings import Settings, read_settings


def run_backfill(
    settings: Settings | None,
    wish: BackfillWish,
    *,
    plan: Plan | None = None,
    on_report: OnReport = lambda _: None,
) -> RunReport | None:
    """Do what `wish` asks for with Prefect's tasks; for the body of a flow."""
    report = backfill_range(
        settings or read_settings(),
        wish,
        Steps(analyse=analyse, append=append, publish=publish),
        plan=plan,
        on_report=on_report,
        flow_run_id=flow_run.get_id(),
    )
    if report is not None:
        leave_artifacts("backfill", report)
    return report


@flow(name="backfill", persist_result=False, validate_parameters=False)
def backfill(
    wish: BackfillWish, settings: Settings, plan: Plan, on_report: OnReport
) -> RunReport | None:
    """Fill a range of days, as the command line asks for it."""
    return run_backfill(settings, wish, plan=plan, on_report=on_report)
