"""Prefect's database is lost or damaged: found, named, set aside; attempts are limited."""

import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from flows.errors import ServerError
from flows.orchestration import supervision
from flows.orchestration.prefect_database import PrefectDatabase
from flows.settings import Settings
from tests.helpers.processes import ROOT


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    with closing(sqlite3.connect(tmp_path / "prefect.db")) as con:
        con.execute("PRAGMA journal_mode = WAL")
        con.execute("CREATE TABLE flow_run AS SELECT 1 AS id")
        con.commit()
    (tmp_path / "memo_store.toml").write_text("blocks = 1")
    return tmp_path


def aside(home):
    return sorted(path.name for path in home.glob("*.damaged-*"))


def test_sound_database_has_no_problem(home, now):
    database = PrefectDatabase.of_environment()
    assert (database.loss(), database.problem(), database.make_way(now)) == (None, None, None)
    assert (home / "memo_store.toml").exists()


def test_missing_database_is_new(home):
    (home / "prefect.db").unlink()
    database = PrefectDatabase.of_environment()
    assert (database.loss(), database.problem()) == (None, None)


@pytest.mark.parametrize("is_replaced", [False, True])
def test_deleted_database_is_lost(home, now, is_replaced):
    database = PrefectDatabase.of_environment()
    (home / "prefect.db").rename(home / "elsewhere.db")
    for ending in ("-wal", "-shm"):  # with those of another file, SQLite fails
        (home / f"prefect.db{ending}").write_bytes(b"of the deleted file")
    if is_replaced:  # as a server does that goes on
        (home / "prefect.db").write_bytes(b"")
    assert database.loss() == f"its database {home}/prefect.db was deleted or replaced"
    assert database.problem() == database.loss()
    assert database.make_way(now) is None
    assert sorted(path.name for path in home.iterdir()) == (
        ["elsewhere.db", "prefect.db"] if is_replaced else ["elsewhere.db"]
    )


@pytest.mark.parametrize(("at", "is_seen"), [(0, True), (4096, False)])
def test_damaged_database_is_set_aside(home, now, at, is_seen):
    database = PrefectDatabase.of_environment()
    with (home / "prefect.db").open("r+b") as file:
        file.seek(at)
        file.write(b"garbage!" * 500)
    assert (database.loss() is not None) == is_seen  # the other pages are checked before a start
    assert "cannot be used" in str(database.problem())
    kept = database.make_way(now)
    assert aside(home) == [kept.name]
    assert not (home / "prefect.db").exists()


def test_locked_database_is_kept_and_says_what_to_do(home, now):
    database = PrefectDatabase.of_environment()
    with closing(sqlite3.connect(home / "prefect.db", isolation_level=None)) as con:
        con.execute("BEGIN EXCLUSIVE")
        assert database.loss() is None
        assert "is locked by another program: end that program" in str(database.problem())
        assert database.make_way(now) is None


def test_full_disk_is_named(home, monkeypatch):
    monkeypatch.setattr("flows.orchestration.prefect_database._LEAST_FREE_BYTES", 2**62)
    assert "is full: free some space" in str(PrefectDatabase.of_environment().problem())


def test_database_elsewhere_is_left_alone(home, monkeypatch):
    monkeypatch.setenv("PREFECT_API_DATABASE_CONNECTION_URL", "postgresql+asyncpg://a/b")
    assert PrefectDatabase.of_environment() == PrefectDatabase(None)


@pytest.fixture
def clock(monkeypatch):
    """Return the pauses; time passes only in them, and 10 s while a server is up."""
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    monkeypatch.setattr(time, "monotonic", lambda: sum(pauses) + 10 * len(pauses))
    return pauses


def keep_serving(tmp_path):
    supervision.keep_serving(Settings(data=tmp_path), server_log=tmp_path / "log", metrics_url=None)


def test_lost_server_is_started_again_after_growing_pauses_until_it_is_enough(
    tmp_path, clock, monkeypatch
):
    monkeypatch.setattr(supervision._Serving, "until_lost", lambda _: "it failed")
    monkeypatch.setenv("ONRECORD_DATA", "restored afterwards")
    with pytest.raises(
        ServerError, match=r"lost 6 times .* because it failed: see .*log, then run"
    ):
        keep_serving(tmp_path)
    assert clock == sorted(clock)
    assert len(clock) == len(set(clock)) == 5


def test_server_that_was_up_for_long_is_started_again_soon(tmp_path, clock, monkeypatch):
    answers = iter(["it failed", "it failed", "later", "it failed", None])

    def until_lost(_):
        answer = next(answers)
        if answer == "later":
            clock.append(2 * supervision.STEADY_S)  # two hours without a fault
        return answer

    monkeypatch.setattr(supervision._Serving, "until_lost", until_lost)
    monkeypatch.setenv("ONRECORD_DATA", "restored afterwards")
    keep_serving(tmp_path)
    assert [pause for pause in clock if pause < supervision.STEADY_S] == [1.0, 5.0, 1.0, 5.0]


def test_prefect_is_not_imported_before_the_address_of_its_server_is_known():
    code = "import sys, flows.cli.run, flows.orchestration.supervision; print('prefect' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert run.stdout == "False\n"
