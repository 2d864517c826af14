"""Readers' queries end at their limits, whatever they do; the next query works."""

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.helpers.builders import make_analysis, make_article, make_batch
from tests.helpers.processes import wait_until
from warehouse.append import append_batch
from warehouse.connect import open_live, open_snapshot
from warehouse.errors import QueryError, SnapshotDamagedError, WarehouseMissingError
from warehouse.folder import DataFolder
from warehouse.limited_reader import LimitedReader, QueryLimits
from warehouse.publish import publish
from warehouse.query_messages import unpacked
from warehouse.spool import spool

ENDLESS = "SELECT count(*) FROM range(100000000000)"
MEMORY = 400_000_000
# One value that needs four gigabytes, and one that DuckDB's own limit does not count.
GREEDY = ["SELECT length(repeat('x', 4000000000))", "SELECT list(repeat('x', 1000) || i) FROM range(5000000) t(i)"]  # fmt: skip
SORTED = "SELECT md5(i::VARCHAR) AS a, repeat(a, 12) AS b FROM range(500000) t(i) ORDER BY a"
TYPED = """
SELECT 1::TINYINT, 2::UBIGINT, 10::HUGEINT ** 30, 1.5::DOUBLE, 'inf'::FLOAT, 1.25::DECIMAL(9, 2),
    'ж'::VARCHAR, ''::VARCHAR, 'ab'::BLOB, '101'::BIT, true, NULL, DATE '2024-06-03',
    TIME '10:00:01.5', TIMESTAMP '2024-06-03 10:00:00', TIMESTAMPTZ '2024-06-03 10:00:00+02',
    TIMESTAMP_NS '2024-06-03 10:00:00.123456789', TIMETZ '10:00:00+02', DATE 'infinity',
    INTERVAL 36 HOURS, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::UUID, 'y'::ENUM ('x', 'y'),
    [1, NULL], {'k': [{'v': 'w'}]}, MAP {'a': 1}, [1, 2]::INTEGER[2], '{"a": 1}'::JSON
"""
ABANDONED = """
import os, sys, threading, time
from pathlib import Path
from warehouse.folder import DataFolder
from warehouse.limited_reader import LimitedReader
reader = LimitedReader(DataFolder(Path(sys.argv[1])))
reader.ask("SELECT 1")
threading.Thread(target=reader.ask, args=(sys.argv[2],), daemon=True).start()
time.sleep(0.5)
print(reader._process.pid, reader._process.started is None, flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("limited"))
    add(folder, "The ferry sails.")
    return folder


@pytest.fixture(scope="module")
def reader(folder):
    with LimitedReader(folder, QueryLimits(memory_bytes=MEMORY)) as reader:
        yield reader


def add(folder, text):
    with open_live(folder, wait_s=0) as con:
        append_batch(con, spool(make_batch(make_analysis(make_article(text))), folder.spool))
    publish(folder, wait_s=0)


def status(pid, field):
    """Return a figure of a process in bytes, such as its highest use of memory (VmHWM)."""
    [line] = [one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if field in one]
    return int(line.split()[1]) * 1024


def runs(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def works(reader):
    return reader.ask("SELECT text FROM articles").rows == [("The ferry sails.",)]


def left_files(folder):
    return [path.name for path in folder.published.iterdir() if path.name.endswith(".tmp")]


@pytest.mark.parametrize("sql", GREEDY)
def test_query_that_needs_more_memory_than_allowed_ends_and_says_so(reader, sql):
    with pytest.raises(QueryError, match=r"more than 400 MB of memory: .*QUERY_MEMORY_MB"):
        reader.ask(sql)
    assert works(reader)
    assert status(reader._process.pid, "VmHWM") < 2 * MEMORY


@pytest.mark.parametrize("sql", [ENDLESS, "SELECT sleep_ms(600000)", SORTED.replace("500000", "50000000")])  # fmt: skip
def test_query_is_ended_at_its_time_limit_and_the_next_one_runs(folder, sql):
    with LimitedReader(folder, QueryLimits(memory_bytes=MEMORY)) as reader:
        assert works(reader)
        pid, usual_s = reader._process.pid, reader._timeout_s
        reader._timeout_s = 1.0
        with pytest.raises(QueryError, match=r"longer than 1 s: narrow it, or raise --timeout"):
            reader.ask(sql)
        assert not runs(pid)
        assert left_files(folder) == []
        reader._timeout_s = usual_s
        assert works(reader)


def test_crash_of_the_process_is_an_error_of_its_query(folder, reader):
    for number, said in ((signal.SIGSEGV, "crashed DuckDB"), (signal.SIGABRT, "more than 400 MB")):
        rows = reader.stream("FROM range(100000000)")
        os.kill(reader._process.pid, number)
        with pytest.raises(QueryError, match=rf"{number.name}.*{said}|{said}.*{number.name}"):
            list(rows)
        assert works(reader)


def test_large_result_is_streamed_and_sorted_on_disk(folder, reader):
    rows = reader.stream(SORTED)
    first, count = None, 0
    for piece in rows:
        first = first or piece[0]
        count += len(piece)
    assert (count, rows.count, rows.is_cut) == (500_000, 500_000, False)
    assert first == ("0000" + first[0][4:], first[0] * 12)
    assert status(reader._process.pid, "VmHWM") < 2 * MEMORY
    reader.close()
    assert left_files(folder) == []


def test_rows_that_nobody_read_are_not_those_of_the_next_query(reader):
    for piece in reader.stream("FROM range(1000000)"):
        assert piece[0] == (0,)
        break
    assert works(reader)


def test_rows_of_an_earlier_query_are_gone(reader):
    first = reader.stream("FROM range(100000)")
    assert works(reader)
    with pytest.raises(QueryError, match="run it again"):
        list(first)
    second = reader.stream("FROM range(3)")
    assert [list(second), second.count] == [[[(0,), (1,), (2,)]], 3]
    with pytest.raises(QueryError, match="run it again"):
        list(second)
    assert works(reader)


def test_values_are_those_of_duckdb(folder, reader):
    with open_snapshot(folder) as con:
        expected = con.execute(TYPED)
        columns = tuple(column[0] for column in expected.description)
        result = reader.ask(TYPED)
        assert (result.columns, result.rows) == (columns, expected.fetchall())


def test_error_of_the_warehouse_keeps_its_class(tmp_path):
    folder = DataFolder(tmp_path)
    with LimitedReader(folder) as reader:
        with pytest.raises(WarehouseMissingError, match="onrecord load"):
            reader.ask("SELECT 1")
        add(folder, "The ferry sails.")
        assert works(reader)
        folder.newest.resolve().write_bytes(b"no database" * 5000)
        with pytest.raises(SnapshotDamagedError, match="onrecord publish"):
            reader.ask("SELECT 1")


def test_each_query_reads_the_newest_snapshot(tmp_path):
    folder = DataFolder(tmp_path)
    add(folder, "The ferry sails.")
    with LimitedReader(folder) as reader:
        assert works(reader)
        add(folder, "The train stops.")
        assert reader.ask("SELECT count(*) FROM articles").rows == [(2,)]


def test_process_ends_with_the_one_that_asks_even_while_a_query_runs(folder):
    asking = subprocess.Popen(
        [sys.executable, "-c", ABANDONED, str(folder.root), ENDLESS],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    pid, is_forked = asking.stdout.readline().split()
    assert (runs(pid), is_forked) == (True, "True")
    asking.kill()
    asking.communicate()
    wait_until(lambda: not runs(pid), seconds=30)


class Planted:
    def __reduce__(self):
        return os.system, ("touch planted",)


def test_message_with_a_foreign_class_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(pickle.UnpicklingError, match="system"):
        unpacked(pickle.dumps(("rows", [(Planted(),)])))
    assert list(tmp_path.iterdir()) == []


def test_waiting_for_the_user_does_not_count_as_time_of_the_query(reader, monkeypatch):
    waited_s = 0.0
    clock = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: clock() + waited_s)
    count = 0
    for piece in reader.stream("SELECT i, repeat('x', 1000) FROM range(3000) t(i)"):
        waited_s += 1000.0
        count += len(piece)
    assert (count, waited_s > 1000.0) == (3000, True)


def test_query_has_all_of_the_memory_whatever_ran_before(folder):
    with LimitedReader(folder, QueryLimits(memory_bytes=MEMORY)) as reader:
        for _ in range(3):
            with pytest.raises(QueryError, match="needed more than"):
                reader.ask("SELECT length(repeat('x', 4000000000))")
            assert works(reader)
            assert sum(map(len, reader.stream(SORTED))) == 500_000
