"""`prefect.yaml` on a local server: all deployments exist, and a worker runs one."""

import subprocess
import sys
from pathlib import Path

import orjson
import pytest
import yaml  # type: ignore[import-untyped]

from flows.jobs.load import load_files
from flows.orchestration.deployments import make_deployments
from flows.settings import Settings
from tests.helpers.prefect_home import environment
from warehouse.connect import open_live

ROOT = Path(__file__).resolve().parents[3]
FILES = (ROOT / "prefect.yaml", ROOT / "seeds" / "deploy" / "prefect-docker.yaml")

pytestmark = pytest.mark.slow

LIST = ("deployment", "ls", "--output", "json")


# One process loads Prefect once.
ONE_AFTER_THE_OTHER = """
import contextlib, io, json, sys
from prefect.cli import app
shown = []
for arguments in json.loads(sys.argv[1]):
    sys.argv = ["prefect", "--no-prompt", *arguments]
    with contextlib.redirect_stdout(io.StringIO()) as out:
        try:
            app()
        except SystemExit as ended:
            if ended.code:
                sys.exit(out.getvalue())
    shown.append(out.getvalue())
print(json.dumps(shown))
"""


def prefect(env, *commands):
    """Return what each command of Prefect prints."""
    run = subprocess.run(
        [sys.executable, "-c", ONE_AFTER_THE_OTHER, orjson.dumps(commands)],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    return orjson.loads(run.stdout)


def check_docker(env, listed):
    """Check that the Docker pool has the same deployments, with image and data folder."""
    assert [one["work_pool_name"] for one in listed] == ["onrecord-docker"] * 7
    for one in listed:
        variables = one["job_variables"]
        assert variables["image"] == "onrecord:latest"
        assert variables["volumes"] == [f"{env['ONRECORD_DATA']}:/data"]
        assert variables["env"] == {"ONRECORD_DATA": "/data"}
        assert not one["pull_steps"]


def test_both_work_pools_have_the_served_deployments():
    files = [yaml.safe_load(path.read_text()) for path in FILES]
    described = [
        [{key: value for key, value in one.items() if key != "work_pool"} for one in file["deployments"]]
        for file in files
    ]  # fmt: skip
    assert described[0] == described[1]
    served = {
        f"flows.orchestration.flows.{deployment.entrypoint.rpartition('.')[2]}"
        for deployment in make_deployments(Settings())
    }
    assert {one["entrypoint"] for one in described[0]} == served


def test_failed_runs_start_the_flow_alert_in_every_deployment():
    [ours] = [one for one in make_deployments(Settings()) if one.triggers]
    [trigger] = ours.triggers
    for path in FILES:
        deployed = yaml.safe_load(path.read_text())["deployments"]
        [alert] = [one for one in deployed if "triggers" in one]
        [stated] = alert["triggers"]
        assert set(stated["expect"]) == trigger.expect
        assert stated["parameters"] == trigger.parameters
        watched = {one["entrypoint"] for one in deployed if "onrecord" in one["tags"]}
        assert watched == {one["entrypoint"] for one in deployed} - {alert["entrypoint"]}


def test_every_deployment_is_created_and_a_process_worker_runs_one(tmp_path, prefect_api):
    settings = Settings(data=tmp_path / "data", workers=1)
    load_files(sorted((ROOT / "seeds" / "articles").glob("*.*"))[:2], settings)
    env = environment(
        tmp_path, ONRECORD_DATA=str(settings.data), PYTHONPATH=str(ROOT), **prefect_api
    )
    _, _, in_docker, _, _, listed, _ = prefect(
        env,
        ("work-pool", "create", "onrecord-docker", "--type", "docker"),
        ("deploy", "--all", "--prefect-file", str(FILES[1])),
        LIST,
        ("work-pool", "create", "onrecord", "--type", "process"),
        ("deploy", "--all"),
        LIST,
        ("deployment", "run", "check/worker"),
    )
    check_docker(env, orjson.loads(in_docker))
    assert [one["work_pool_name"] for one in orjson.loads(listed)] == ["onrecord"] * 7
    prefect(env, ("worker", "start", "--pool", "onrecord", "--run-once"))
    with open_live(settings.folder) as con:
        states = con.execute(
            "SELECT state, flow_run_id IS NOT NULL FROM run_summary WHERE flow = 'check'"
        ).fetchall()
    assert states == [("completed", True)]
