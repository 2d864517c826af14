"""Batches on disk: complete or absent, even if a process is killed."""

import os
import threading

import orjson
import pytest

from tests.helpers.builders import make_analysis, make_article, make_batch
from warehouse.errors import BatchRefusedError, WarehouseUnwritableError
from warehouse.spool import Batch, SpooledBatch, spool, spooled

DEAD = 2**22 + 1  # larger than any process id


def make_spooled(folder, text="The bridge reopened."):
    return spool(make_batch(make_analysis(make_article(text))), folder)


def test_batch_is_read_back_as_written(tmp_path):
    batch = make_spooled(tmp_path)
    (found,) = spooled(tmp_path)
    assert found == batch
    assert (found.head.seen, found.head.run_id) == (1, "run-1")
    row = orjson.loads(found.tables["articles"].read_bytes())
    assert row["text"] == "The bridge reopened."


def test_batches_come_oldest_first(tmp_path):
    made = [make_spooled(tmp_path, text) for text in ("One.", "Two.", "Three.")]
    for age, batch in enumerate(reversed(made)):
        os.utime(batch.path / "batch.json", (1_000_000 + age, 1_000_000 + age))
    assert spooled(tmp_path) == made[::-1]


def test_missing_spool_has_no_batches(tmp_path):
    assert spooled(tmp_path / "spool") == []


@pytest.mark.parametrize(
    ("name", "stays"),
    [
        pytest.param(f".partial-{DEAD}-b1-0", False, id="writer-died"),
        pytest.param(f".partial-{os.getpid()}-b1-0", True, id="writer-lives"),
        pytest.param(".done-b1-0", False, id="half-removed"),
        pytest.param(".partial-b1", True, id="no-process-number"),
        pytest.param(".keep", True, id="foreign-file"),
    ],
)
def test_leftovers_of_a_killed_process_are_removed(tmp_path, name, stays):
    (tmp_path / name).mkdir()
    (tmp_path / name / "articles.ndjson").write_text("{")
    assert spooled(tmp_path) == []
    assert (tmp_path / name).exists() is stays


def test_partial_file_of_a_reused_process_id_is_removed_after_a_day(tmp_path):
    partial = tmp_path / f".partial-{os.getpid()}-b1-0"
    partial.mkdir()
    os.utime(partial, (1_000_000, 1_000_000))
    assert spooled(tmp_path) == []
    assert not partial.exists()


def test_concurrent_removal_is_not_an_error(tmp_path):
    batch = make_spooled(tmp_path)
    threads = [threading.Thread(target=batch.remove) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    batch.remove()
    assert list(tmp_path.iterdir()) == []


def test_removed_batch_has_no_head(tmp_path):
    with pytest.raises(FileNotFoundError):
        _ = SpooledBatch(tmp_path / "b1-gone").head


@pytest.mark.parametrize("head", [b"", b"{", b"[]", b'{"batch_id": "b1"}'])
def test_damaged_head_is_refused(tmp_path, head):
    batch = make_spooled(tmp_path)
    (batch.path / "batch.json").write_bytes(head)
    with pytest.raises(BatchRefusedError, match=r"batch\.json is damaged"):
        _ = batch.head


def test_lone_surrogates_are_replaced(tmp_path):
    batch = Batch(run_id="run-1")
    batch.add({"sources": [{"source_id": "x", "name": "a\ud800b", "tags": ["\udfff"]}]})
    row = orjson.loads(spool(batch, tmp_path).tables["sources"].read_bytes())
    assert row == {"source_id": "x", "name": "a?b", "tags": ["?"]}


def test_failed_write_leaves_no_file_and_gives_the_reason(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WarehouseUnwritableError, match="No space left on device"):
        make_spooled(tmp_path)
    assert list(tmp_path.iterdir()) == []
