"""A run that is stopped, or that loses Prefect, is recorded and resumes later."""

import contextlib
import re
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.runs.interruption import raise_if_stopped, stoppable
from flows.runs.run import begin_run, failure_recorded
from flows.settings import Settings
from tests.helpers.articles import write_articles
from tests.helpers.prefect_home import environment
from warehouse.connect import open_live

ROOT = Path(__file__).resolve().parents[3]


def test_sigterm_interrupts_only_inside_the_block():
    before = signal.getsignal(signal.SIGTERM)
    with stoppable(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_second_signal_does_not_disturb_the_interruption():
    cleaned = []

    def work():
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGINT)
            cleaned.append(True)

    with stoppable(), pytest.raises(KeyboardInterrupt):
        work()
    assert cleaned == [True]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_signal_that_a_library_dropped_still_stops_the_run():
    with stoppable():
        raise_if_stopped()  # no signal came
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            raise_if_stopped()
    raise_if_stopped()


def test_other_threads_are_not_interrupted():
    before = signal.getsignal(signal.SIGTERM)
    seen = []

    def work():
        with stoppable():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]


def test_signal_that_was_blocked_is_blocked_again():
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with stoppable():
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # as a pool does
        assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def test_run_is_recorded_although_the_signal_came_inside_a_with_statement(tmp_path):
    settings = Settings(data=tmp_path / "data", lock_wait_s=0)

    def stopped():
        opened = open_live(settings.folder)
        opened.__enter__()  # as if the signal came before the body of `with opened`
        signal.raise_signal(signal.SIGTERM)

    run = begin_run("load", settings, parameters={}, now=datetime.now(UTC))
    with pytest.raises(KeyboardInterrupt), failure_recorded(run):
        stopped()
    assert states(settings) == [("interrupted",)]


@contextlib.contextmanager
def backfill(folder, **more):
    process = subprocess.Popen(
        [
            sys.executable, "-m", "flows", "backfill", str(folder / "in"), "--from", "files",
            "--since", "2020-01-01", "--data", str(folder / "data"),
        ],
        cwd=ROOT, env=environment(folder, ONRECORD_BATCH_DOCUMENTS="10", **more),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        try:
            yield process
        finally:
            process.kill()


def states(settings):
    with open_live(settings.folder) as con:
        return con.execute("SELECT state FROM run_summary ORDER BY started_at").fetchall()


def committed(settings):
    if not settings.folder.live.exists():
        return 0
    with open_live(settings.folder) as con:
        [(count,)] = con.execute("SELECT count(*) FROM batches WHERE appended > 0").fetchall()
    return count


@pytest.mark.slow
def test_stopped_backfill_says_so_and_the_next_one_finishes(tmp_path, prefect_api):
    write_articles(tmp_path / "in", 120)
    settings = Settings(data=tmp_path / "data", workers=1)
    with backfill(tmp_path, **prefect_api) as process:
        while not (committed(settings) or process.poll() is not None):
            time.sleep(0.1)
        process.terminate()
        _, err = process.communicate(timeout=60)
    assert process.returncode != 0
    assert states(settings) == [("interrupted",)], err
    with open_live(settings.folder) as con:
        [(articles, in_ledger, told)] = con.execute(
            "SELECT (SELECT count(*) FROM articles), (SELECT sum(appended) FROM batches),"
            " (SELECT appended FROM run_summary)"
        ).fetchall()
    assert 0 < articles == in_ledger == told < 120
    with backfill(tmp_path) as again:
        out, err = again.communicate(timeout=120)
    assert again.returncode == 0, err
    # Batches left in the spool are appended first, so their documents are known then.
    new, known = (
        int(found[1]) for found in re.finditer(r"(\d+) (?:new|known)", out.splitlines()[0])
    )
    assert new + known == 120
    assert known - articles in (0, 10)
    assert states(settings) == [("interrupted",), ("completed",)]


def test_backfill_runs_although_prefect_does_not_answer(tmp_path):
    write_articles(tmp_path / "in", 3)
    with backfill(tmp_path, PREFECT_API_URL="http://127.0.0.1:1/api") as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "does not answer; running without it" in err
    assert "3 new" in out
    settings = Settings(data=tmp_path / "data", workers=1)
    assert states(settings) == [("completed",)]
