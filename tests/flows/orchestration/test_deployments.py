"""`prefect.yaml` on a local server: all deployments exist, and a worker runs one."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import orjson
import pytest
import yaml  # type: ignore[import-untyped]

from flows.jobs.load import load_files
from flows.orchestration.deployments import make_deployments
from flows.orchestration.server import prefect_server
from flows.settings import Settings
from tests.helpers.processes import free_port
from warehouse.connect import open_live

ROOT = Path(__file__).resolve().parents[3]
DOCKER = ROOT / "flows" / "orchestration" / "docker"

pytestmark = pytest.mark.slow


def prefect(environment, *arguments):
    run = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=150,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def check_docker(environment):
    """Check that the Docker pool has the same deployments, with image and data folder."""
    prefect(environment, "work-pool", "create", "onrecord-docker", "--type", "docker")
    prefect(environment, "deploy", "--all", "--prefect-file", str(DOCKER / "prefect.yaml"))
    listed = orjson.loads(prefect(environment, "deployment", "ls", "--output", "json"))
    assert {one["work_pool_name"] for one in listed} == {"onrecord-docker"}
    for one in listed:
        variables = one["job_variables"]
        assert variables["image"] == "onrecord:latest"
        assert variables["volumes"] == [f"{environment['ONRECORD_DATA']}:/data"]
        assert variables["env"] == {"ONRECORD_DATA": "/data"}
        assert not one["pull_steps"]


def test_both_work_pools_have_the_served_deployments():
    files = [
        yaml.safe_load(path.read_text())
        for path in (ROOT / "prefect.yaml", DOCKER / "prefect.yaml")
    ]
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


def test_image_has_all_files_to_build_the_package():
    copied = {
        word
        for line in (DOCKER / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY")
        for word in line.split()[1:-1]
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert {*packages, "pyproject.toml", project["project"]["readme"]} <= copied
    assert all((ROOT / name).exists() for name in copied)


def test_every_deployment_is_created_and_a_process_worker_runs_one(tmp_path, monkeypatch):
    settings = Settings(data=tmp_path / "data", workers=1)
    load_files(sorted((ROOT / "seeds" / "articles").glob("*.*"))[:2], settings)
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    monkeypatch.setenv("HOME", str(tmp_path))
    with prefect_server("127.0.0.1", free_port(), log=tmp_path / "server.log") as server:
        environment = os.environ | {
            "PREFECT_API_URL": server.url, "ONRECORD_DATA": str(settings.data), "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        prefect(environment, "work-pool", "create", "onrecord", "--type", "process")
        prefect(environment, "deploy", "--all")
        listed = prefect(environment, "deployment", "ls", "--output", "json")
        assert len(orjson.loads(listed)) == 5
        check_docker(environment)
        prefect(environment, "deploy", "--all")
        prefect(environment, "deployment", "run", "check/worker")
        prefect(environment, "worker", "start", "--pool", "onrecord", "--run-once")
    with open_live(settings.folder) as con:
        states = con.execute(
            "SELECT state, flow_run_id IS NOT NULL FROM run_summary WHERE flow = 'check'"
        ).fetchall()
    assert states == [("completed", True)]
