"""The flow `ingest`: polls the feeds that are due, fetches new pages, appends, publishes."""

from __future__ import annotations

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from flows.batches import Steps
from flows.ingestion import PLAIN_INGEST, IngestSteps, OnReport, Wish, ingest_feeds
from flows.load import analyse, append, publish
from flows.orchestration.artifacts import leave_artifacts
from flows.runs import RunReport
from flows.settings import Settings, read_settings

poll = task(name="poll", persist_result=False, cache_policy=NO_CACHE)(PLAIN_INGEST.poll)


@flow(name="ingest", persist_result=False, validate_parameters=False)
def ingest(
    now: bool = False,  # noqa: FBT001, FBT002  # a checkbox in Prefect's form
    feed: str | None = None,
    settings: Settings | None = None,
    on_report: OnReport | None = None,
) -> RunReport | None:
    """Poll what is due, fetch and analyse new articles, append them, publish a snapshot.

    Args:
        now: Poll every feed, due or not.
        feed: Poll the feed at this address alone.
        settings: Settings of the run; those of the environment where None.
        on_report: Told the report so far after each step.
    """
    report = ingest_feeds(
        settings or read_settings(),
        Wish(is_forced=now, only=feed),
        IngestSteps(poll=poll, batch=Steps(analyse=analyse, append=append, publish=publish)),
        on_report=on_report or (lambda _: None),
        flow_run_id=flow_run.get_id(),
    )
    if report is not None:
        leave_artifacts("ingest", report)
    return report
