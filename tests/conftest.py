"""Guards for every test: connections only to loopback, no settings of the user."""

import os
import signal
import socket
import sys
from datetime import UTC, datetime

import pytest

from tests.helpers.kept_warehouses import KeptWarehouses
from tests.helpers.logged import log_restored
from tests.helpers.new_warehouses import ONE_THREAD, copying, make_empty_warehouse
from warehouse import connect

collect_ignore = ["bench"]  # programs without tests: loading them costs each worker a second
LOOPBACK = ("127.", "::1", "localhost")


class _NoPandas:
    """Says at once that pandas is missing: DuckDB looks for it at each parameter of a query."""

    def find_spec(self, name, path=None, target=None):
        if name == "pandas":
            raise ModuleNotFoundError("no module named 'pandas'", name=name)


def pytest_addoption(parser):
    parser.addoption(
        "--all-operations",
        action="store_true",
        help="break off every operation, and begin without databases",
    )


def pytest_configure(config):
    # Processes that tests start find the compiled word lists there.
    os.environ["XDG_CACHE_HOME"] = str(config.rootpath / ".cache" / "tests")
    sys.meta_path.insert(0, _NoPandas())


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Run files with slow tests first, so that all workers end at about the same time."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True)
def _only_loopback(_warehouses_cost_little, monkeypatch):
    connect = socket.socket.connect

    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not address[0].startswith(LOOPBACK):
            raise AssertionError(f"a test tried to connect to {address}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _no_settings(_warehouses_cost_little, monkeypatch):
    for name in list(os.environ):
        if name.startswith("ONRECORD_"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _no_logs():
    """Undo what a command has set for the log of the test process."""
    with log_restored():
        yield


@pytest.fixture(autouse=True)
def _usual_umask():
    """Undo what a command has set for new files of the test process."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture(autouse=True)
def _hears_ctrl_c():
    """Handle SIGINT again: a shell makes background jobs and their children ignore it."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def _empty_warehouse(tmp_path_factory):
    return make_empty_warehouse(tmp_path_factory.mktemp("empty") / "onrecord.duckdb")


# Set up before `monkeypatch` and undone after it: a test may patch the same functions.
@pytest.fixture(autouse=True)
def _warehouses_cost_little(request, _empty_warehouse):
    with pytest.MonkeyPatch.context() as patched:  # a test may undo its own patches
        patched.setattr(connect, "WRITER", connect.WRITER | ONE_THREAD)
        if request.node.get_closest_marker("migrates"):
            yield
            return
        patched.setattr(connect, "open_writable", copying(_empty_warehouse))
        kept = KeptWarehouses()
        kept.patch(patched)
        yield
        kept.drop()


@pytest.fixture
def now():
    """Return a fixed instant."""
    return datetime(2024, 7, 1, 12, 0, tzinfo=UTC)
