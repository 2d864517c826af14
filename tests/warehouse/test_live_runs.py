"""The runs of the live file, read while other processes write it."""

import pytest

from tests.helpers.desk import DAY, NOW, add_rows, run_row
from warehouse.connect import open_live
from warehouse.errors import WarehouseBusyError
from warehouse.folder import DataFolder
from warehouse.live_runs import read_live_runs


def batch(run_id, number, seen):
    return {
        "batch_id": f"{run_id}-{number}", "run_id": run_id, "committed_at": NOW, "seen": seen,
        "appended": seen, "known": 0, "rejected": 0, "rows_appended": "{}",
    }  # fmt: skip


def test_no_file_is_made(tmp_path):
    assert read_live_runs(DataFolder(tmp_path), since=NOW) == []
    assert not list(tmp_path.iterdir())


def test_last_state_counts_with_the_batches_since(tmp_path):
    add_rows(
        tmp_path,
        is_published=False,
        runs=[
            run_row("old", started_at=NOW - 3 * DAY),
            run_row("now", "running", seen=None, appended=None, known=None, rejected=None),
            run_row("now", "running", recorded_at=NOW + DAY / 1440, seen=5, appended=5),
            run_row("end", "running", recorded_at=NOW + DAY),
            run_row("end", "completed", seen=30),
        ],
        batches=[batch("now", 1, 5), batch("now", 2, 7), batch("old", 1, 1)],
    )
    found = {row["run_id"]: row for row in read_live_runs(DataFolder(tmp_path), since=NOW - DAY)}
    assert set(found) == {"now", "end"}
    assert (found["now"]["state"], found["now"]["seen"]) == ("running", 12)
    assert (found["end"]["state"], found["end"]["seen"]) == ("completed", 30)


def test_writer_is_not_disturbed(tmp_path):
    add_rows(tmp_path, is_published=False, runs=[run_row("now")])
    folder = DataFolder(tmp_path)
    with open_live(folder), pytest.raises(WarehouseBusyError):
        read_live_runs(folder, since=NOW - DAY)
    assert len(read_live_runs(folder, since=NOW - DAY)) == 1
    with open_live(folder, wait_s=0.0) as con:
        assert con.execute("SELECT count(*) FROM runs").fetchone() == (1,)
