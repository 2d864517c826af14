"""The wheel and the files for services: complete, valid and in step with the code."""

import configparser
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]
from hatchling.builders.wheel import WheelBuilder
from typer.testing import CliRunner

from flows.__main__ import app
from flows.orchestration import pages, serve, server
from flows.seeds import seeds_dir
from flows.settings import Settings
from flows.web.access import Access
from flows.web.server import access_for
from tests.helpers.browser import served_site
from warehouse.folder import DataFolder

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = seeds_dir() / "deploy"
# What `serve` may take to stop: the active runs, Prefect's runner, its server, the pages.
STOP_S = 2 * serve.STOP_S + server.STOP_S + pages.STOP_S


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel and return its path."""
    folder = tmp_path_factory.mktemp("wheel")
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    return Path(built)


def files_of(*folders):
    return {
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


def test_wheel_has_the_package_and_its_data(wheel):
    with zipfile.ZipFile(wheel) as content:
        names = set(content.namelist())
    ours = files_of("flows", "transforms", "warehouse", "seeds") - {"flows/onrecord.pyi"}
    assert {"warehouse/migrations/0001_articles.sql", "seeds/gazetteers/cities.csv"} <= ours
    others = {"onrecord.py", "onrecord-stubs/__init__.pyi", "seeds/deploy/prefect.yaml"}
    assert {name for name in names if ".dist-info/" not in name} == ours | others


def test_installed_package_writes_the_files_for_services(wheel, tmp_path, monkeypatch):
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    monkeypatch.setattr("flows.seeds.seeds_dir", lambda: tmp_path / "site" / "seeds")
    written = init(tmp_path, "--deploy", tmp_path / "services")
    assert written == {path.name for path in DEPLOY.iterdir()} | {"prefect.yaml"}


def init(folder, *options):
    """Run `onrecord init`; return the names of the files for services that it reports."""
    done = CliRunner().invoke(app, ["init", "--data", str(folder / "data"), *map(str, options)])
    assert done.exit_code == 0, done.output
    written = {Path(line[13:]) for line in done.output.splitlines() if "services" in line}
    assert all(path.read_bytes() for path in written)
    return {path.name for path in written}


def test_init_keeps_files_for_services_that_exist(tmp_path):
    changed = tmp_path / "services" / "onrecord.service"
    changed.parent.mkdir()
    changed.write_text("ours")
    assert "prefect.yaml" in init(tmp_path, "--deploy", changed.parent)
    assert changed.read_text() == "ours"
    assert (changed.parent / "prefect.yaml").read_bytes() == (ROOT / "prefect.yaml").read_bytes()


def test_folder_for_services_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    target = tmp_path / "file" / "services"
    done = CliRunner().invoke(
        app, ["init", "--data", str(tmp_path / "data"), "--deploy", str(target)]
    )
    assert done.exit_code == 1
    assert f"{target} cannot be written" in str(done.exception or done.output)


def unit(name):
    """Return the sections of a unit; of a setting with several lines, the last one counts."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.read(DEPLOY / name)
    return parser


def test_units_of_both_ways_are_equally_locked_down():
    always, ticked = (
        unit(f"{name}.service")["Service"] for name in ("onrecord", "onrecord-ingest")
    )
    assert {key: value for key, value in always.items() if ticked.get(key) != value} == {
        "type": "exec", "execstart": "/opt/onrecord/bin/onrecord serve",
        "restart": "on-failure", "restartsec": "30",
    }  # fmt: skip
    assert ticked["ExecStart"] == "/opt/onrecord/bin/onrecord ingest"
    assert unit("onrecord-ingest.timer")["Timer"]["OnCalendar"] == "*:0/10"


def test_unit_of_the_pages_is_as_locked_down_as_that_of_the_schedules():
    always, pages_alone = (
        unit(f"{name}.service")["Service"] for name in ("onrecord", "onrecord-web")
    )
    assert set(always) == set(pages_alone)
    assert {key: value for key, value in pages_alone.items() if always[key] != value} == {
        "execstart": "/opt/onrecord/bin/onrecord web",
        "killmode": "process",  # runs that the pages have started go on
    }


def test_services_wait_until_a_run_has_stopped():
    assert int(unit("onrecord.service")["Service"]["TimeoutStopSec"]) > STOP_S
    assert unit("onrecord.service")["Service"]["KillMode"] == "mixed"
    service = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["onrecord"]
    assert int(service["stop_grace_period"].removesuffix("s")) > STOP_S


def test_image_has_all_files_to_build_the_package():
    copied = {
        word
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY") and "--from" not in line
        for word in line.split()[1:-1]
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    build = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*build["only-include"], *build["force-include"], project["project"]["readme"]}
    needed = {name for name in needed if name.partition("/")[0] not in copied}
    assert not needed - copied
    assert {"pyproject.toml", "constraints.txt"} <= copied
    assert all((ROOT / name).exists() for name in copied)
    kept = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] == "!"
    }
    assert kept == copied


@pytest.mark.parametrize("name", ["onrecord", "web"])
def test_container_is_closed_and_reachable_from_this_machine_only(name):
    service = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"][name]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["user"] == "1000:1000"
    assert service["pids_limit"] <= 512
    assert service["mem_limit"]


def test_container_of_the_pages_serves_them_where_its_port_leads(tmp_path):
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    stated = services["web"]["environment"]
    given = {key.removeprefix("ONRECORD_").lower(): value for key, value in stated.items()}
    settings = Settings(data=tmp_path, **given)
    access = access_for(settings, host=settings.web_host, is_behind_proxy=settings.web_behind_proxy)
    assert access.is_host("127.0.0.1:8765")
    assert services["web"]["ports"] == [f"127.0.0.1:{settings.web_port}:{settings.web_port}"]
    assert services["onrecord"]["environment"]["ONRECORD_WEB_PORT"] == 0
    assert services["web"]["volumes"] == services["onrecord"]["volumes"]


def test_container_of_the_pages_counts_as_healthy_while_they_answer(tmp_path):
    check = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["web"]["healthcheck"]
    kind, program, *arguments = check["test"]
    assert (kind, program) == ("CMD", "python")
    with served_site(DataFolder(tmp_path), access=Access(password_hash="scrypt:")) as address:
        here = [word.replace("http://127.0.0.1:8765", address) for word in arguments]
        assert here != arguments
        assert subprocess.run([sys.executable, *here], check=False).returncode == 0
    ended = subprocess.run([sys.executable, *here], check=False, stderr=subprocess.DEVNULL)
    assert ended.returncode != 0
