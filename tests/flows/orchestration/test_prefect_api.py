"""How a command decides whether its job runs as a Prefect flow run, without importing Prefect."""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from flows.errors import ServerError
from flows.orchestration.prefect_api import (
    announce,
    choose_api,
    missing_api,
    served_api,
    serving_alone,
)
from flows.orchestration.server import prefect_server
from flows.settings import Settings
from tests.helpers.processes import free_port


class Health(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/api/health" else 404)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def api():
    """Return the URL of something that answers like a Prefect server."""
    server = HTTPServer(("127.0.0.1", 0), Health)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/api"
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _no_prefect(monkeypatch, tmp_path):
    for name in ("API_URL", "HOME", "PROFILES_PATH", "PROFILE"):
        monkeypatch.delenv(f"PREFECT_{name}", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def choose(tmp_path):
    return lambda mode="auto": choose_api(Settings(data=tmp_path / "data", prefect=mode))


def dead():
    return f"http://127.0.0.1:{free_port()}/api"


def test_without_a_server_a_command_runs_directly(choose):
    assert not choose("auto").is_flow_run
    assert choose("auto").line == "running without Prefect: no server is running"


def test_named_server_is_used(choose, monkeypatch, api):
    monkeypatch.setenv("PREFECT_API_URL", api)
    choice = choose()
    assert (choice.url, choice.is_flow_run) == (api, True)
    assert choice.line == f"running as a flow run on {api.removesuffix('/api')}"
    assert missing_api() is None


def test_never_means_never(choose, monkeypatch, api):
    monkeypatch.setenv("PREFECT_API_URL", api)
    assert not choose("never").is_flow_run


def test_named_server_that_is_down_is_reported_and_not_used(choose, monkeypatch):
    url = dead()
    monkeypatch.setenv("PREFECT_API_URL", url)
    choice = choose()
    assert not choice.is_flow_run
    assert choice.line == f"Prefect's API at {url} does not answer; running without it"
    assert missing_api() == url


def test_always_needs_the_named_server_and_starts_one_only_if_none_is_named(choose, monkeypatch):
    assert choose("always").is_temporary
    monkeypatch.setenv("PREFECT_API_URL", dead())
    with pytest.raises(ServerError, match="start it, or set ONRECORD_PREFECT=auto"):
        choose("always")


def test_server_of_serve_is_found_while_it_runs(choose, tmp_path, api):
    folder = Settings(data=tmp_path / "data").folder
    with serving_alone(folder):
        assert not choose().is_flow_run  # it has no server yet
        announce(folder, api)
        assert choose().url == api
        problem = f"already runs on .* at {api.removesuffix('/api')}"
        with pytest.raises(ServerError, match=problem), serving_alone(folder):
            pass
        assert served_api(folder) == api
    assert served_api(folder) is None
    assert not choose().is_flow_run


def test_server_of_a_killed_serve_is_not_asked(choose, tmp_path, api):
    folder = Settings(data=tmp_path / "data").folder
    record = folder.root / "prefect" / "serve.url"
    record.parent.mkdir(parents=True)
    record.write_text(api)  # left behind; its lock is free
    assert not choose().is_flow_run


def test_server_of_the_users_profile_is_used(choose, monkeypatch, tmp_path, api):
    profiles = tmp_path / ".prefect" / "profiles.toml"
    profiles.parent.mkdir()
    profiles.write_text(
        f'active = "desk"\n[profiles.desk]\nPREFECT_API_URL = "{api}"\n[profiles.local]\n'
    )
    assert choose().url == api
    monkeypatch.setenv("PREFECT_PROFILE", "local")
    assert not choose().is_flow_run
    profiles.write_text("not TOML")
    assert not choose().is_flow_run


def test_busy_port_is_named_with_the_setting_to_change(tmp_path, api):
    port = int(api.rpartition(":")[2].partition("/")[0])
    with contextlib.ExitStack() as stack, pytest.raises(ServerError, match="ONRECORD_SERVE_PORT"):
        stack.enter_context(prefect_server("127.0.0.1", port, log=tmp_path / "log"))
    taken = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)  # no Prefect server
    problem = f"port {taken.server_port}: Address already in use"
    starting = prefect_server("127.0.0.1", taken.server_port, log=tmp_path / "log")
    with taken, pytest.raises(ServerError, match=problem), starting:
        pass
