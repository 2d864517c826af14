"""Every run is followed by a look for problems: of Prefect's flows, and of commands."""

import pytest
from prefect import tags
from prefect.context import TagsContext

from flows.alerts.marks import last_ingest, last_look, marked_at
from flows.cli import run_command as commands
from flows.errors import FeedListError
from flows.orchestration import flow_body, flows
from flows.settings import Settings
from tests.helpers.inbox import open_inbox
from warehouse.connect import open_live
from warehouse.publish import publish


@pytest.fixture
def inbox():
    with open_inbox() as inbox:
        yield inbox


@pytest.fixture
def settings(tmp_path, monkeypatch, inbox):
    monkeypatch.setenv("ONRECORD_DATA", str(tmp_path))
    monkeypatch.setenv("ONRECORD_ALERT_URLS", inbox.channel)
    monkeypatch.setenv("ONRECORD_ALERT_KINDS", "run_failed")
    settings = Settings()
    with open_live(settings.folder):
        pass
    return settings


def fails(settings):
    def job(_context):
        raise FeedListError(settings.folder.feed_list, "is not XML")

    return job


def test_failed_flow_is_told_and_keeps_its_error(settings, inbox):
    with pytest.raises(FeedListError):
        flow_body.state_of("ingest", fails(settings), nothing="")
    assert [title.partition(" since ")[0] for title in inbox.titles] == [
        "onrecord: ingest has been failing"
    ]
    assert marked_at(last_ingest(settings.folder)) is None


def test_flow_with_nothing_due_leaves_the_mark_of_an_ingest(settings):
    flow_body.state_of("ingest", lambda _: None, nothing="nothing is due")
    assert marked_at(last_ingest(settings.folder)) is not None


@pytest.mark.parametrize("flow", ["check", "publish"])
def test_checks_and_publishing_look_too(settings, flow, monkeypatch):
    monkeypatch.setattr(flow_body, "leave_findings", lambda _: None)  # it would need a server
    publish(settings.folder)
    getattr(flows, flow).fn()
    assert marked_at(last_look(settings.folder)) is not None
    assert marked_at(last_ingest(settings.folder)) is None


def test_failed_command_is_told_and_keeps_its_error(settings, inbox, monkeypatch):
    monkeypatch.setattr(commands, "require_room", lambda _: fails(settings)(None))
    with pytest.raises(FeedListError):
        commands.run_command("ingest", fails(settings), settings, parameters={}, is_verbose=False)
    assert [title.partition(" since ")[0] for title in inbox.titles] == [
        "onrecord: ingest has been failing"
    ]


def test_flow_run_that_could_not_tell_of_its_end_is_told_by_the_flow_alert(settings, inbox):
    flows.alert.fn(run="ingest 2024-07-01 12:00", state="Crashed", flow_run_id="gone-1")
    assert inbox.titles == ["onrecord: ingest 2024-07-01 12:00 ended as crashed"]


def test_flow_run_that_recorded_its_failure_is_told_once(settings, inbox, monkeypatch):
    monkeypatch.setattr("prefect.runtime.flow_run.get_id", lambda: "kept-1")
    with pytest.raises(FeedListError):
        flow_body.state_of("ingest", fails(settings), nothing="")
    done = flows.alert.fn(run="ingest", state="Failed", flow_run_id="kept-1")
    assert done.message == "ingest told of its failure itself"
    assert [title.partition(" since ")[0] for title in inbox.titles] == [
        "onrecord: ingest has been failing"
    ]


def test_steps_have_no_tags_because_a_tagged_task_fails_without_a_server():
    seen = []
    with tags("onrecord"):
        flow_body.run_job("ingest", lambda _: seen.append(TagsContext.get().current_tags))
    assert seen == [set()]
