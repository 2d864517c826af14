"""A run that is killed at any moment and repeated ends like an undisturbed run."""

import contextlib
import functools
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.archive.warc_reader import read_record
from flows.jobs.load import load_files
from flows.runs.batches import analyse_items, append_analysed, append_spooled
from flows.settings import read_settings
from tests.helpers.builders import with_steps
from tests.helpers.in_process import ARTICLES, analyse_in_process
from tests.helpers.processes import group_outlives
from warehouse.connect import open_file, open_live
from warehouse.errors import WarehouseBusyError, WarehouseDamagedError
from warehouse.folder import DataFolder
from warehouse.lock import writer_lock
from warehouse.publish import publish, snapshots
from warehouse.spool import spooled

BEFORE = ("analyse", "spooled")
APPENDING = (
    "documents", "entities", "sources", "rejections", "articles", "analyses", "quotations",
    "mentions", "date_mentions", "keyphrases", "article_topics", "commit", "committed", "drop",
)  # fmt: skip
PUBLISHING = ("checkpoint", "copy", "verify", "rename", "link", "prune")

# Columns that also differ between two undisturbed runs.
VOLATILE = {
    "run_id", "batch_id", "fetched_at", "analysed_at", "rejected_at", "first_seen_at",
    "committed_at", "applied_at", "warc_file", "warc_offset", "linked_batch_id", "linked_at",
}  # fmt: skip


@pytest.fixture(scope="module")
def _analysed_in_process():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flows.runs.workers.Workers.analyse", analyse_in_process)
        yield


@pytest.fixture
def in_memory(tmp_path):
    """Return a folder in memory if there is one: fast syncs; a kill loses no writes."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def undisturbed(_analysed_in_process, tmp_path_factory):
    """Return the rows after one undisturbed run, and the seconds it took."""
    folder = tmp_path_factory.mktemp("undisturbed")
    started = time.monotonic()
    run(folder)
    return contents(folder), time.monotonic() - started


def run(folder, on_step=lambda _: None, **given):
    def analyse_step(run, workers, items):
        on_step("analyse")
        analysed = analyse_items(run, workers, items)
        on_step("spooled")
        return analysed

    context = with_steps(
        analyse=analyse_step,
        append=functools.partial(append_analysed, on_step=on_step),
        publish=lambda settings: publish(settings.folder, wait_s=60, on_step=on_step),
    )
    settings = read_settings(data=folder, workers=1, batch_documents=2, **given)
    return load_files([ARTICLES], settings, context)


def contents(folder):
    """Return the rows of all tables except those on runs, without volatile columns."""
    found = {}
    with open_file(DataFolder(folder).newest.resolve()) as con:
        tables = con.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
        for (table,) in tables:
            if table in ("runs", "stages", "batches", "schema_migrations"):
                continue
            result = con.execute(f"SELECT * FROM {table}")
            names = [column[0] for column in result.description]
            kept = [at for at, name in enumerate(names) if name not in VOLATILE]
            found[table] = sorted(repr([row[at] for at in kept]) for row in result.fetchall())
        ((appended,),) = con.execute("SELECT sum(appended) FROM batches").fetchall()
        found["appended"] = [appended]
        miscounted = con.execute(
            "FROM batches WHERE seen <> appended + known + rejected"
        ).fetchall()
    assert miscounted == []
    return found


def killed(folder, *, step=None, after_s=None):
    """Run in a process killed at `step` or after `after_s`; return whether it was."""

    def on_step(name):
        if name == step:
            os.kill(os.getpid(), signal.SIGKILL)

    pid = forked(folder, on_step)
    if after_s is not None:
        time.sleep(after_s)
        os.kill(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert code in (0, -signal.SIGKILL)
    return code != 0


def check_committed(folder):
    """Check a kill: no partial batch, and every appended article has a ledger row."""
    data = DataFolder(folder)
    if not data.live.exists():
        return
    with open_live(data, wait_s=5) as con:
        strangers = con.execute(
            "SELECT count(*) FROM articles ANTI JOIN batches USING (batch_id)"
        ).fetchall()
        short = con.execute(
            "SELECT batch_id FROM batches LEFT JOIN articles USING (batch_id)"
            " GROUP BY batch_id, appended HAVING count(article_id) <> appended"
        ).fetchall()
    assert strangers == [(0,)]
    assert short == []


def repair(folder):
    """Restore the warehouse if the kill has torn a block of it, as the error says.

    DuckDB overwrites its metadata blocks in place. It happens once in some hundred kills.
    """
    try:
        with open_live(DataFolder(folder), wait_s=5):
            return
    except WarehouseDamagedError as exc:
        problem = str(exc)
    assert "run `onrecord restore`" in problem
    done = CliRunner().invoke(app, ["restore", "--data", str(folder)])
    assert done.exit_code == 0, done.output
    shutil.rmtree(DataFolder(folder).quarantine)  # the damaged file


def check_finished(folder, undisturbed):
    run(folder)
    assert contents(folder) == undisturbed
    data = DataFolder(folder)
    with open_file(data.live) as con:
        places = con.execute("SELECT warc_file, warc_offset FROM documents").fetchall()
    for name, offset in places:
        assert read_record(data.archive / name, offset).type in ("resource", "revisit")
    assert spooled(data.spool) == []
    assert 1 <= len(snapshots(data)) <= 3
    assert not data.quarantine.exists()


# Four kills per folder, each at a later stage: each run finds the results of the one before.
STAGES = [*BEFORE, *APPENDING, *PUBLISHING]
FOLDERS = 5


@pytest.mark.parametrize("first", range(FOLDERS), ids=STAGES[:FOLDERS])
def test_run_killed_at_each_step_loses_and_doubles_nothing(undisturbed, in_memory, first):
    expected, _ = undisturbed
    for step in STAGES[first::FOLDERS]:
        assert killed(in_memory, step=step)
        check_committed(in_memory)
    check_finished(in_memory, expected)


def test_run_killed_at_random_times_loses_and_doubles_nothing(undisturbed, in_memory):
    expected, seconds = undisturbed
    chance = random.Random(0)
    # Finished work is not redone, so later runs are shorter: one that ends before its kill
    # halves the time. On a busy machine the undisturbed run says little about the others.
    kills = 0
    while kills < 5:
        if killed(in_memory, after_s=chance.uniform(0, seconds * 3 / 4)):
            kills += 1
        else:
            seconds /= 2
        repair(in_memory)
        check_committed(in_memory)
    check_finished(in_memory, expected)


def forked(folder, on_step):
    """Run in a new process and return its id; its exit code is 0 or 1."""
    pid = os.fork()
    if not pid:
        ended = 1
        try:
            run(folder, on_step)
            ended = 0
        except BaseException:  # noqa: BLE001  # the test only sees the exit code
            traceback.print_exc()
        finally:
            os._exit(ended)
    return pid


def test_two_concurrent_runs_do_nothing_twice(undisturbed, in_memory):
    expected, _ = undisturbed
    pids = [forked(in_memory, lambda _: None) for _ in range(2)]
    assert [os.waitpid(pid, 0)[1] for pid in pids] == [0, 0]
    check_committed(in_memory)
    check_finished(in_memory, expected)


@pytest.mark.parametrize("step", ["spooled", "commit", "copy"])
def test_interrupted_run_is_recorded_and_the_next_one_finishes(undisturbed, in_memory, step):
    expected, _ = undisturbed

    def interrupt(name):
        if name == step:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run(in_memory, interrupt)
    check_committed(in_memory)
    with open_file(DataFolder(in_memory).live) as con:
        states = con.execute("SELECT state FROM run_summary").fetchall()
    assert states == [("interrupted",)]
    check_finished(in_memory, expected)


def test_batch_that_finds_the_warehouse_locked_waits_in_the_spool(undisturbed, in_memory):
    expected, _ = undisturbed
    data = DataFolder(in_memory)
    taken = contextlib.ExitStack()

    def lock_out(name):
        if name == "spooled":
            taken.enter_context(writer_lock(data.lock, wait_s=1))

    with taken, pytest.raises(WarehouseBusyError, match=str(os.getpid())):
        run(in_memory, lock_out, lock_wait_s=0.1)
    assert len(spooled(data.spool)) == 1
    check_finished(in_memory, expected)


KILLED_WITH_POOL = """
import functools, os, signal, sys
from pathlib import Path
from flows.runs.batches import append_analysed
from tests.helpers.builders import with_steps
from flows.jobs.load import load_files
from flows.settings import read_settings

def on_step(step):
    if step == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    context = with_steps(append=functools.partial(append_analysed, on_step=on_step))
    settings = read_settings(data=Path(sys.argv[1]), workers=1, batch_documents=4)
    print(load_files([Path(sys.argv[2])], settings, context).count.seen)
"""


def test_workers_end_with_their_killed_run_and_the_next_run_finishes(tmp_path):
    script = tmp_path / "run.py"
    script.write_text(KILLED_WITH_POOL)

    def start(step):
        return subprocess.Popen(
            [sys.executable, script, tmp_path / "data", ARTICLES, step],
            start_new_session=True,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
        )

    with start("committed") as process:
        assert process.wait(120) == -signal.SIGKILL
        assert not group_outlives(process.pid)
    with start("never") as process:
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        assert out == b"8\n"
    check_committed(tmp_path / "data")
    with open_file(DataFolder(tmp_path / "data").newest.resolve()) as con:
        documents = con.execute(
            "SELECT count(*), count(DISTINCT document_id) FROM documents"
        ).fetchall()
    assert documents == [(7, 7)]  # one of the eight documents is a duplicate


def test_batch_that_another_run_has_appended_is_counted_once(undisturbed, in_memory):
    def appended_twice(run, analysed):
        append_spooled(run)  # what a run does that starts at this moment
        return append_analysed(run, analysed)

    settings = read_settings(data=in_memory, workers=1, batch_documents=2)
    report = load_files([ARTICLES], settings, with_steps(append=appended_twice))
    counted = report.count
    assert counted.seen == counted.appended + counted.known + counted.rejected > 0
    assert contents(in_memory) == undisturbed[0]
