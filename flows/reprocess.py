"""The flow `reprocess`: computes again what older versions of the transforms made."""

from __future__ import annotations

from collections.abc import Callable

from prefect import flow
from prefect.runtime import flow_run

from flows.load import append, publish
from flows.orchestration.artifacts import leave_artifacts
from flows.reprocessing import ReprocessSteps, ReprocessWish, reprocess_articles
from flows.runs import RunReport
from flows.settings import Settings, read_settings


def run_reprocess(
    settings: Settings | None,
    wish: ReprocessWish,
    on_report: Callable[[RunReport], None] = lambda _: None,
) -> RunReport | None:
    """Do what `wish` asks for with Prefect's tasks; for the body of a flow."""
    report = reprocess_articles(
        settings or read_settings(),
        wish,
        ReprocessSteps(append=append, publish=publish),
        on_report=on_report,
        flow_run_id=flow_run.get_id(),
    )
    if report is not None:
        leave_artifacts("reprocess", report)
    return report


@flow(name="reprocess", persist_result=False, validate_parameters=False)
def reprocess(
    wish: ReprocessWish, settings: Settings, on_report: Callable[[RunReport], None]
) -> RunReport | None:
    """Run transforms again over what the warehouse holds, as the command line asks for it."""
    return run_reprocess(settings, wish, on_report)
