"""The deployments of the served flows: their parameters and schedules.

As a script, this module reads settings from standard input and writes the deployments to
standard output, both pickled, so that `serve` does not need to load the flows.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from prefect import Flow
from prefect.deployments.runner import RunnerDeployment
from prefect.events import DeploymentEventTrigger, Posture
from prefect.schedules import Cron, Interval, Schedule
from prefect.types.entrypoint import EntrypointType

from flows.metrics.update import update_metrics
from flows.orchestration import flows
from flows.orchestration.run_names import PROJECT, run_tags
from flows.orchestration.schedules import read_schedule
from flows.settings import Settings
from transforms.errors import OnrecordError
from warehouse.connect import open_live

NAME = "onrecord"
DEPLOYED: dict[str, Flow[Any, Any]] = {
    "ingest": flows.ingest,
    "publish": flows.publish,
    "check": flows.check,
    "backup": flows.backup,
    "backfill": flows.backfill,
    "reprocess": flows.reprocess,
    "alert": flows.alert,
}
_WATCHED_STATES = ("prefect.flow-run.Failed", "prefect.flow-run.Crashed")
_ANCHOR = datetime(2024, 1, 1, tzinfo=UTC)  # fixed, so that a restart does not shift the runs


def make_deployments(settings: Settings) -> list[RunnerDeployment]:
    """Return the deployments with the schedules of the settings.

    Raises:
        SettingsError: A schedule or the time zone is not valid.
    """
    return [
        RunnerDeployment.from_flow(
            flow,
            name=NAME,
            schedules=list(_schedules(settings, name)),
            tags=list(run_tags(name)) if name != "alert" else [name],
            triggers=[_on_failure()] if name == "alert" else [],
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        for name, flow in DEPLOYED.items()
    ]


def _on_failure() -> DeploymentEventTrigger:
    """Return the automation that starts the flow `alert` when one of our runs fails.

    Runs of `alert` itself lack the tag, so that its failure does not start it again.
    """
    tag = {"prefect.resource.id": f"prefect.tag.{PROJECT}", "prefect.resource.role": "tag"}
    return DeploymentEventTrigger(
        name="onrecord-alert",
        expect=set(_WATCHED_STATES),
        match={"prefect.resource.id": "prefect.flow-run.*"},
        match_related=tag,
        posture=Posture.Reactive,
        threshold=1,
        parameters={
            "run": {"__prefect_kind": "jinja", "template": "{{ flow_run.name }}"},
            "state": {"__prefect_kind": "jinja", "template": "{{ flow_run.state_name }}"},
            "flow_run_id": {"__prefect_kind": "jinja", "template": "{{ flow_run.id }}"},
        },
    )


def _schedules(settings: Settings, name: str) -> Iterator[Schedule]:
    stated = getattr(settings, f"schedule_{name}", "off")
    schedule = read_schedule(f"schedule_{name}", stated)
    if isinstance(schedule, timedelta):
        yield Interval(schedule, anchor_date=_ANCHOR, timezone=settings.schedule_timezone)
    elif schedule is not None:
        yield Cron(schedule, timezone=settings.schedule_timezone)


def main() -> None:
    """Check that the warehouse can be written, then write the deployments."""
    settings: Settings = pickle.load(sys.stdin.buffer)  # noqa: S301  # written by our own parent process
    try:
        with open_live(settings.folder, wait_s=settings.lock_wait_s):
            made = make_deployments(settings)
        update_metrics(settings)
    except OnrecordError as exc:
        sys.exit(f"onrecord: {exc}")
    sys.stdout.buffer.write(pickle.dumps(made))


if __name__ == "__main__":
    main()
