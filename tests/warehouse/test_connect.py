"""Opening the live file: one writer, the newest schema, or an error in one line."""

import os
import signal
import subprocess
import sys

import duckdb
import pytest

from tests.helpers.builders import make_analysis, make_article, make_batch
from tests.helpers.faults import in_other_process
from warehouse.append import append_batch
from warehouse.connect import open_file, open_live
from warehouse.errors import (
    MigrationError,
    SchemaTooNewError,
    WarehouseBusyError,
)
from warehouse.folder import DataFolder
from warehouse.spool import spool

pytestmark = pytest.mark.migrates

HOLD_LIVE = """
import sys, time
from pathlib import Path
from warehouse.connect import open_live
from warehouse.folder import DataFolder
with open_live(DataFolder(Path(sys.argv[1])), wait_s=0):
    print("ready", flush=True)
    time.sleep(60)
"""

OPEN_AFTER_AN_INTERRUPTION = """
import signal, sys
from pathlib import Path
from warehouse.connect import open_live
from warehouse.folder import DataFolder

is_running = True

def interrupt(*_):
    if is_running:
        raise KeyboardInterrupt

signal.signal(signal.SIGALRM, interrupt)
folder = DataFolder(Path(sys.argv[1]))
try:
    with open_live(folder, wait_s=0) as con:
        signal.setitimer(signal.ITIMER_REAL, 0.2, 2)  # again, if DuckDB drops the first one
        con.execute(
            "CREATE TEMP TABLE none AS SELECT range FROM range(1_000_000_000_000)"
            " WHERE hash(range) = 0"
        )
except RuntimeError as exc:
    is_running = False
    print(exc)
    with open_live(folder, wait_s=0) as con:
        print(con.execute("SELECT count(*) FROM articles").fetchone())
"""

HOLD_FILE = """
import sys, time, duckdb
con = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "read")
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path):
    return DataFolder(tmp_path / "data")


def fill(folder, *texts):
    with open_live(folder, wait_s=0) as con:
        for text in texts or ("The ferry sails.",):
            append_batch(con, spool(make_batch(make_analysis(make_article(text))), folder.spool))


def texts(con):
    return [text for (text,) in con.execute("SELECT text FROM articles ORDER BY text").fetchall()]


def test_missing_live_file_is_created(folder):
    with open_live(folder, wait_s=0) as con:
        assert texts(con) == []
    assert folder.live.exists()


def test_oldest_allowed_duckdb_can_read_the_file(folder):
    fill(folder)
    with open_file(folder.live) as con:
        ((tags,),) = con.execute(
            "SELECT tags FROM duckdb_databases() WHERE NOT internal"
        ).fetchall()
    assert tags["storage_version"].startswith("v1.5")


def test_connections_load_no_code_and_read_no_python_variables(folder):
    leaked = [1]
    assert leaked
    with open_live(folder, wait_s=0) as con:
        for name in ("autoinstall_known_extensions", "autoload_known_extensions"):
            assert con.execute("SELECT current_setting(?)", [name]).fetchone() == (False,)
        with pytest.raises(duckdb.CatalogException):
            con.execute("FROM leaked")


def test_locked_live_file_names_the_process(folder):
    with in_other_process(HOLD_LIVE, folder.root) as process:
        with (
            pytest.raises(WarehouseBusyError, match=f"process {process.pid}"),
            open_live(folder, wait_s=0.1),
        ):
            pass
        process.kill()
    fill(folder)


@pytest.mark.parametrize("mode", ["read", "write"])
def test_live_file_open_in_another_program_names_the_program(folder, mode):
    fill(folder)
    with in_other_process(HOLD_FILE, folder.live, mode) as process:
        with (
            pytest.raises(WarehouseBusyError, match=f"PID {process.pid}"),
            open_live(folder, wait_s=0.1),
        ):
            pass
        process.kill()


def test_file_of_a_newer_onrecord_is_refused(folder):
    with open_live(folder, wait_s=0) as con:
        con.execute("INSERT INTO schema_migrations VALUES ('9999_future', 'x', now())")
    with pytest.raises(SchemaTooNewError, match="9999_future"), open_live(folder, wait_s=0):
        pass


def test_failed_migration_is_rolled_back_and_can_be_repeated(folder, monkeypatch):
    from warehouse import migrate

    real = migrate.scripts
    broken = migrate.Script("0003_runs", "CREATE TABLE runs (a INTEGER); SELECT no_such_column")

    def with_broken(kind):
        return [broken if script.name == broken.name else script for script in real(kind)]

    monkeypatch.setattr(migrate, "scripts", with_broken)
    with pytest.raises(MigrationError, match="0003_runs"), open_live(folder, wait_s=0):
        pass
    monkeypatch.undo()
    fill(folder)


@pytest.mark.parametrize("scripts_run", [0, 1, 3])
@pytest.mark.parametrize("is_committed", [False, True])
def test_killed_migration_can_be_repeated(folder, monkeypatch, scripts_run, is_committed):
    from warehouse import migrate

    real, left = migrate._run, [scripts_run]

    def kill_at(con, script):
        if not left[0]:
            if is_committed:
                real(con, script)
            else:
                con.execute(f"BEGIN; {script.sql}")
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        real(con, script)

    monkeypatch.setattr(migrate, "_run", kill_at)
    pid = os.fork()
    if not pid:
        with open_live(folder, wait_s=0):
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    monkeypatch.undo()
    fill(folder)
    with open_file(folder.live) as con:
        names = con.execute("SELECT name FROM schema_migrations ORDER BY name").fetchall()
    assert [name for (name,) in names] == [
        *(script.name for script in migrate.scripts("migrations")), "views",
    ]  # fmt: skip


def test_file_opens_again_after_a_signal_interrupted_a_statement(folder):
    done = subprocess.run(
        [sys.executable, "-c", OPEN_AFTER_AN_INTERRUPTION, str(folder.root)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["Query interrupted", "(0,)"]
