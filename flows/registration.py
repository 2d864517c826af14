"""What Prefect is told of the served flows: their parameters and when they run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from prefect import Flow
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron, Interval, Schedule
from prefect.types.entrypoint import EntrypointType

from flows import deployments
from flows.schedules import read_schedule
from flows.settings import Settings

NAME = "onrecord"
_ANCHOR = datetime(2024, 1, 1, tzinfo=UTC)  # one for all starts: a restart keeps the rhythm


def make_deployments(settings: Settings) -> list[RunnerDeployment]:
    """Return the deployments with the schedules of the settings.

    Raises:
        SettingsError: A schedule or the time zone is none.
    """
    flows: dict[str, Flow[Any, Any]] = {
        "ingest": deployments.ingest,
        "publish": deployments.publish_snapshots,
        "check": deployments.check,
        "backfill": deployments.backfill,
        "reprocess": deployments.reprocess,
    }
    return [
        RunnerDeployment.from_flow(
            flow,
            name=NAME,
            schedules=list(_schedules(settings, name)),
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        for name, flow in flows.items()
    ]


def _schedules(settings: Settings, name: str) -> Iterator[Schedule]:
    stated = getattr(settings, f"schedule_{name}", "off")
    schedule = read_schedule(f"schedule_{name}", stated)
    if isinstance(schedule, timedelta):
        yield Interval(schedule, anchor_date=_ANCHOR, timezone=settings.schedule_timezone)
    elif schedule is not None:
        yield Cron(schedule, timezone=settings.schedule_timezone)
