"""The pages about runs: those in the snapshot, and those that are running now."""

import os
import socket
from datetime import timedelta

import pytest

from tests.helpers.desk import NOW, add_rows, desk_client, rejection_row, run_row
from warehouse.connect import open_live
from warehouse.folder import DataFolder

RUN = "run-" + "a" * 32
OTHER = "run-" + "b" * 32


@pytest.fixture
def client(tmp_path):
    """Return the pages of a completed run and a failed one."""
    add_rows(
        tmp_path,
        runs=[
            run_row(RUN),
            run_row(OTHER, "failed", flow="backfill", detail="no space left"),
        ],
        stages=[
            {"run_id": RUN, "stage": "fetch", "seconds": 40.25, "recorded_at": NOW},
            {"run_id": RUN, "stage": "poll", "seconds": 3.0, "recorded_at": NOW},
        ],
        batches=[batch(RUN, 9)],
        rejections=[rejection_row(1, run_id=RUN)],
    )
    return desk_client(tmp_path)


def batch(run_id, seen):
    return {
        "batch_id": f"b-{run_id}", "run_id": run_id, "committed_at": NOW, "seen": seen,
        "appended": seen - 2, "known": 1, "rejected": 1, "rows_appended": '{"quotations": 23}',
    }  # fmt: skip


def test_runs_are_listed_with_their_states_and_next_steps(client):
    page = client.get("/runs").text
    assert "Nothing is running" in page
    assert f'href="/runs/{RUN}"' in page
    assert "no space left" in page
    assert "Next: correct the cause" in page
    failed = client.get("/runs?flow=backfill&state=failed").text
    assert (OTHER in failed, RUN in failed) == (True, False)
    assert "No run matches" in client.get("/runs?state=skipped").text


def test_page_of_a_run_has_its_parameters_stages_batches_and_refusals(client):
    page = client.get(f"/runs/{RUN}").text
    assert "<dt>feeds</dt><dd>3</dd>" in page
    assert "<dt>only</dt>" not in page
    assert "40.2" in page
    assert page.index("fetch") < page.index("poll")
    assert '<td class="number">23</td>' in page
    assert "/rejections?reason=too_short" in page
    failed = client.get(f"/runs/{OTHER}").text
    assert "Next: correct the cause" in failed


def test_unknown_run_is_a_page_that_helps(client):
    page = client.get("/runs/run-nothing")
    assert page.status_code == 404
    assert "The page Runs lists all" in page.text


def test_running_run_is_shown_before_a_snapshot_has_it(client, tmp_path):
    running = run_row(
        "run-now", "running", flow="reprocess", seen=4, host=socket.gethostname(), pid=os.getpid()
    )
    add_rows(tmp_path, is_published=False, runs=[running], batches=[batch("run-now", 6)])
    for path in ("/runs", "/runs/now"):
        page = client.get(path).text
        assert "6 documents: 7 new" in page
        assert "Nothing is running" not in page
    page = client.get("/runs/run-now").text
    assert "The newest snapshot does not have this run yet" in page


def test_run_whose_process_died_is_not_shown_as_running(client, tmp_path):
    dead = run_row("run-dead", "running", host=socket.gethostname(), pid=2**22 + 5)
    add_rows(tmp_path, is_published=False, runs=[dead])
    page = client.get("/runs/now").text
    assert "interrupted" in page
    assert "its process died" in page


def test_run_that_ended_after_the_snapshot_is_shown(client, tmp_path):
    begun = NOW - timedelta(minutes=1)
    add_rows(tmp_path, is_published=False, runs=[run_row("run-new", started_at=begun)])
    assert 'href="/runs/run-new"' in client.get("/runs/now").text


def test_pages_work_while_a_run_writes(client, tmp_path):
    with open_live(DataFolder(tmp_path)):
        assert client.get("/runs").status_code == 200
        assert "because a run is writing" in client.get("/runs/now").text


def test_flow_run_leads_to_prefect_if_its_server_is_known(tmp_path, monkeypatch):
    add_rows(tmp_path, runs=[run_row(RUN, flow_run_id="11-22")])
    client = desk_client(tmp_path)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    assert "no server is running" in client.get(f"/runs/{RUN}").text
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:4200/api")
    assert 'href="http://127.0.0.1:4200/runs/flow-run/11-22"' in client.get(f"/runs/{RUN}").text


def test_page_can_be_loaded_again_without_script(client):
    assert 'http-equiv="refresh"' not in client.get("/runs").text
    assert 'http-equiv="refresh" content="10"' in client.get("/runs?refresh=10").text
    assert 'http-equiv="refresh"' not in client.get("/runs?refresh=0").text


def test_hostile_detail_is_only_text(tmp_path):
    text = "<script>alert(1)</script>\u202e"
    add_rows(tmp_path, runs=[run_row(RUN, "failed", detail=text, host=text)])
    client = desk_client(tmp_path)
    for path in ("/runs", f"/runs/{RUN}"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "\u202e" not in page
