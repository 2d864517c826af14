"""`prefect.yaml` on a local server: everything is deployed, and a worker really runs one."""

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from flows.load import load_files
from flows.orchestration.prefect_server import prefect_server
from flows.settings import Settings
from tests.flows.test_serving import free_port
from warehouse.connect import open_live

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


def prefect(environment, *arguments):
    run = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=150,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_every_deployment_is_made_and_a_process_worker_runs_one(tmp_path, monkeypatch):
    settings = Settings(data=tmp_path / "data", workers=1)
    load_files(sorted((ROOT / "seeds" / "articles").glob("*.*"))[:2], settings)
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    monkeypatch.setenv("HOME", str(tmp_path))
    with prefect_server("127.0.0.1", free_port(), log=tmp_path / "server.log") as url:
        environment = os.environ | {
            "PREFECT_API_URL": url, "ONRECORD_DATA": str(settings.data), "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        prefect(environment, "work-pool", "create", "onrecord", "--type", "process")
        prefect(environment, "deploy", "--all")
        listed = prefect(environment, "deployment", "ls", "--output", "json")
        assert len(orjson.loads(listed)) == 5
        prefect(environment, "deployment", "run", "check/worker")
        prefect(environment, "worker", "start", "--pool", "onrecord", "--run-once")
    with open_live(settings.folder) as con:
        states = con.execute(
            "SELECT state, flow_run_id IS NOT NULL FROM run_summary WHERE flow = 'check'"
        ).fetchall()
    assert states == [("completed", True)]
