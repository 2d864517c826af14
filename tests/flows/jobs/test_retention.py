"""Old captures are removed from the archive, unless something needs them."""

import fcntl
import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from typer.testing import CliRunner

from flows.__main__ import app
from flows.archive import remnants
from flows.archive.captures import Original
from flows.archive.reader import read_capture
from flows.errors import ArchiveError, RunActiveError
from flows.jobs.doctor import examine
from flows.jobs.rebuild import rebuild
from flows.jobs.retention import find_old, lost_documents, removable, remove_old
from flows.runs.lock import running
from flows.settings import Settings, read_settings
from tests.helpers.aged_archive import LAST_DAY, day, fill, places, sizes, take, text
from tests.helpers.captures import captures_of
from tests.helpers.kill_points import killed_at
from warehouse import files
from warehouse.connect import open_live
from warehouse.errors import WarehouseBusyError
from warehouse.lock import shared_lock

OLD = "onrecord-20240323-00000"
MIDDLE = "onrecord-20240502-00000"
NEW = "onrecord-20240630-00000"


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    settings = Settings(data=tmp_path_factory.mktemp("filled") / "data", workers=1, lock_wait_s=0.0)
    fill(settings)
    return settings


@pytest.fixture
def settings(filled, tmp_path):
    shutil.copytree(filled.data, tmp_path / "data", symlinks=True)
    return filled.model_copy(update={"data": tmp_path / "data"})


def body(settings, url):
    return read_capture(settings.folder.archive, *places(settings)[url]).body.decode()


def remove(settings, keep_days=90, now=LAST_DAY, **given):
    return remove_old(settings, keep_days=keep_days, now=now, **given)


def names(settings):
    return sorted(path.name for path in settings.folder.archive.glob("*.warc*"))


def rows(settings, sql):
    with open_live(settings.folder, wait_s=0) as con:
        return con.execute(sql).fetchall()


def test_without_the_setting_nothing_is_removed(settings):
    before = sizes(settings.folder)
    assert CliRunner().invoke(app, ["compact", "--data", str(settings.data)]).exit_code == 0
    assert sizes(settings.folder) == before
    assert rows(settings, "FROM archive_removals") == []


def test_old_captures_are_removed_unless_a_newer_one_refers_to_them(settings):
    size = sizes(settings.folder)[f"{OLD}.warc.gz"]
    done = remove(settings)
    assert (done.files, done.captures, done.documents, done.kept) == (1, 1, 1, 1)
    assert names(settings) == [f"{OLD}.kept.warc.gz", f"{MIDDLE}.warc.gz", f"{NEW}.warc.gz"]
    for number, word in ((2, "train"), (3, "tram"), (4, "train"), (5, "bus")):
        assert body(settings, f"https://a.example/{number}") == text(word)
    with pytest.raises(ArchiveError) as told:
        body(settings, "https://a.example/1")
    assert told.value.code == "removed"
    assert "removed on 2024-07-01 under ONRECORD_KEEP_ARCHIVE_DAYS=90" in str(told.value)
    [row] = rows(
        settings,
        "SELECT warc_file, removed_at, keep_days, captures, documents, bytes, last_captured_at"
        " FROM archive_removals",
    )
    assert row == (f"{OLD}.warc.gz", LAST_DAY, 90, 1, 1, done.bytes, day(100))
    assert 0 < done.bytes < size


def test_removal_is_recorded_as_a_run(settings):
    remove(settings)
    assert rows(settings, "SELECT flow, state, detail FROM run_summary WHERE flow = 'compact'") == [
        ("compact", "completed", "1 captures removed from the archive")
    ]


def test_second_removal_finds_nothing(settings):
    remove(settings)
    before = sizes(settings.folder)
    again = remove(settings)
    assert (again.files, again.captures, again.bytes) == (0, 0, 0)
    assert sizes(settings.folder) == before
    assert len(rows(settings, "FROM archive_removals")) == 1


def test_dry_run_changes_nothing(settings):
    before = sizes(settings.folder)
    found = removable(settings, keep_days=90, now=LAST_DAY)
    assert (found.files, found.captures, found.kept) == (1, 1, 1)
    assert sizes(settings.folder).items() >= before.items()
    assert names(settings) == [f"{OLD}.warc.gz", f"{MIDDLE}.warc.gz", f"{NEW}.warc.gz"]


def test_only_whole_days_before_the_limit_are_removed(settings):
    assert removable(settings, keep_days=100, now=day(0)).files == 0
    before_midnight = day(0) - timedelta(hours=13)
    assert removable(settings, keep_days=99, now=before_midnight).files == 0
    assert removable(settings, keep_days=99, now=day(0)).files == 1


def test_kept_capture_is_removed_when_nothing_needs_it_any_more(settings):
    remove(settings)
    later = day(-100)
    done = remove(settings, now=later)
    assert done.captures == 4
    assert all(name.endswith(".kept.warc.gz") for name in names(settings))
    for number, at in ((1, "2024-07-01"), (2, "2024-10-09"), (4, "2024-10-09")):
        with pytest.raises(ArchiveError, match=f"removed on {at}"):
            body(settings, f"https://a.example/{number}")
    counts = "SELECT sum(captures), sum(documents) FROM archive_removals"
    assert rows(settings, counts) == [(5, 5)]
    assert rows(settings, f"SELECT captures FROM archive_removals WHERE warc_file = '{OLD}.warc.gz'"
                " ORDER BY removed_at") == [(1,), (1,)]  # fmt: skip


def test_chain_of_references_is_kept_complete(settings, monkeypatch):
    take(settings, 59, ("https://a.example/6", "ferry"))

    def as_an_older_version(_folder, places):
        return lambda sha256: Original(
            warc_file=places[sha256][0], warc_offset=places[sha256][1],
            url="https://a.example/6", captured_at=day(59),
        )  # fmt: skip

    monkeypatch.setattr("flows.runs.documents.finder_of", as_an_older_version)
    middle = places(settings)["https://a.example/6"]
    take(settings, 1, ("https://a.example/7", "ferry"))
    done = remove(settings, keep_days=30)
    assert (done.files, done.captures) == (1, 1)  # the one without references
    assert names(settings)[1] == f"{MIDDLE}.kept.warc.gz"
    for number in (1, 6, 7):
        assert body(settings, f"https://a.example/{number}") == text("ferry")
    [newest] = [
        record
        for record, _ in captures_of(settings.folder.archive / f"{NEW}.warc.gz")
        if record.target_url == "https://a.example/7"
    ]
    assert newest.fields["onrecord-refers-to-file"] == middle[0]


def test_document_missing_from_the_warehouse_is_not_removed(settings):
    with open_live(settings.folder, wait_s=0) as con:
        con.execute("DELETE FROM documents WHERE url = 'https://a.example/1'")
    assert removable(settings, keep_days=90, now=LAST_DAY).files == 0
    done = remove(settings, keep_days=30)
    assert (done.files, done.captures) == (1, 1)  # of the file in the middle
    archive = settings.folder.archive
    found = [c.body.decode() for _, c in captures_of(archive / f"{OLD}.warc.gz")]
    assert found == [text("ferry"), text("train")]


def test_long_notes_are_kept_with_their_capture(tmp_path):
    settings = Settings(data=tmp_path / "data", workers=1, lock_wait_s=0.0)
    word = "train" * 5000  # the URL makes the notes longer than a header field allows
    take(settings, 100, (f"https://a.example/{word}", "train"), ("https://a.example/1", "ferry"))
    take(settings, 1, ("https://a.example/2", "train"))
    remove(settings)
    url, place = next((u, p) for u, p in places(settings).items() if word in u)
    capture = read_capture(settings.folder.archive, *place)
    assert capture.notes["url"] == url
    assert capture.body.decode() == text("train")


def test_remaining_file_is_a_normal_warc_file(settings):
    remove(settings)
    path = settings.folder.archive / f"{OLD}.kept.warc.gz"
    with path.open("rb") as stream:
        read = list(ArchiveIterator(stream, parse_http=False, verify_digests=True))
        kinds = [record.record_type for record in read]
    assert kinds == [WarcRecordType.warcinfo, WarcRecordType.metadata, WarcRecordType.resource]
    [(record, capture)] = list(captures_of(path))
    assert (record.warc_file, record.offset) == places(settings)["https://a.example/2"]
    assert capture.body.decode() == text("train")


def test_removed_body_is_stored_again_and_then_referred_to(settings):
    remove(settings)
    take(settings, 0, ("https://a.example/8", "ferry"))
    take(settings, -1, ("https://a.example/9", "ferry"))
    remove(settings, now=day(-95), keep_days=96)
    archive = settings.folder.archive
    found = [(r.type, c.body.decode()) for name in names(settings)[-2:]
             for r, c in captures_of(archive / name)]  # fmt: skip
    assert found == [("resource", text("ferry")), ("revisit", text("ferry"))]


def test_kept_body_is_referred_to_at_its_first_place(settings):
    remove(settings)
    take(settings, -1, ("https://a.example/8", "train"))
    assert body(settings, "https://a.example/8") == text("train")
    archive = settings.folder.archive
    [(record, _)] = list(captures_of(archive / places(settings)["https://a.example/8"][0]))
    first = places(settings)["https://a.example/2"]
    assert record.fields["onrecord-refers-to-file"] == first[0]
    assert int(record.fields["onrecord-refers-to-offset"]) == first[1]


def test_nothing_is_removed_while_a_run_writes(settings):
    before = sizes(settings.folder)
    with running("ingest", settings, parameters={}), pytest.raises(RunActiveError):
        remove(settings)
    assert sizes(settings.folder) == before


def test_nothing_is_removed_while_the_archive_is_read(settings):
    archive = settings.folder.archive
    with shared_lock(archive), pytest.raises(WarehouseBusyError, match="reads or writes"):
        remove(settings)
    assert f"{OLD}.warc.gz" in names(settings)


def test_file_that_is_being_written_is_not_touched(settings):
    with (settings.folder.archive / f"{OLD}.warc.gz").open("rb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        assert remove(settings).files == 0
    assert f"{OLD}.warc.gz" in names(settings)
    assert remove(settings).files == 1


def test_file_that_grew_during_inspection_is_not_touched(settings, monkeypatch):
    old = find_old(settings.folder.archive, day(90), set)  # inspected before the file grew

    def looked_into_before(*_):
        return old

    take(settings, 100, ("https://a.example/6", "new in an old file"))
    monkeypatch.setattr("flows.jobs.retention.find_old", looked_into_before)
    assert remove(settings).files == 0
    assert body(settings, "https://a.example/6") == text("new in an old file")


def test_files_of_other_programs_are_not_touched(settings):
    archive = settings.folder.archive
    shutil.copy(archive / f"{OLD}.warc.gz", archive / "crawl-20200101-00000.warc.gz")
    remove(settings)
    assert "crawl-20200101-00000.warc.gz" in names(settings)


def test_file_with_a_torn_end_is_removed_too(settings):
    path = settings.folder.archive / f"{OLD}.warc.gz"
    with path.open("ab") as stream:
        stream.write(path.read_bytes()[:200])
    assert remove(settings).captures == 1


def remove_with(settings):
    """Return what removes old captures in a process with kill points."""

    def work(points):
        points.replace(Path, "rename", "unlink")
        points.replace(files, "sync_file", "sync_folder")
        remnants.sync_folder = files.sync_folder  # type: ignore[attr-defined]  # imported there
        step = points.counted(lambda name: None)
        remove(settings, keep_days=30, on_step=step)

    return work


@pytest.mark.slow
def test_killed_removal_keeps_needed_captures_and_the_next_one_finishes(
    settings, tmp_path, request
):
    every = 1 if request.config.getoption("--all-operations") else 3
    whole = {url: body(settings, url) for url in places(settings)}
    gone = {"https://a.example/1", "https://a.example/3"}
    codes = []
    for moment in range(0, 60, every):
        data = tmp_path / f"killed-{moment}"
        shutil.copytree(settings.data, data, symlinks=True)
        found = Settings(data=data, workers=1)
        codes.append(killed_at(moment, remove_with(found)))
        assert codes[-1] in {0, 9}
        for url in whole.keys() - gone:
            assert body(found, url) == whole[url]
        for url in gone:
            try:
                assert body(found, url) == whole[url]
            except ArchiveError as exc:
                assert exc.code == "removed"  # noqa: PT017  # both outcomes are right here
        remove(found, keep_days=30)
        total = rows(found, "SELECT sum(captures), count(DISTINCT warc_file) FROM archive_removals")
        assert total == [(2, 2)]
        assert names(found) == [f"{OLD}.kept.warc.gz", f"{MIDDLE}.kept.warc.gz", f"{NEW}.warc.gz"]
        shutil.rmtree(data)
        if codes[-1] == 0:
            break
    assert codes[-1] == 0
    assert every * codes.count(9) > 10


def test_full_disk_removes_nothing(settings, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    before = {name: size for name, size in sizes(settings.folder).items() if "warc" in name}
    monkeypatch.setattr("warehouse.files.os.fsync", full)
    done = CliRunner().invoke(
        app, ["compact", "--data", str(settings.data)], env={"ONRECORD_KEEP_ARCHIVE_DAYS": "1"}
    )
    assert done.exit_code == 1
    monkeypatch.undo()
    after = {name: size for name, size in sizes(settings.folder).items() if "warc" in name}
    assert after == before
    assert not list(settings.folder.archive.glob("*.partial"))


def command(settings, *arguments):
    return CliRunner().invoke(
        app,
        [*arguments, "--data", str(settings.data)],
        env={"ONRECORD_KEEP_ARCHIVE_DAYS": "30", "ONRECORD_KEEP_POLLS_DAYS": "30"},
    )


def test_commands_show_what_would_be_removed_and_what_was(settings, tmp_path):
    told = command(settings, "compact", "--dry-run").output
    assert "would be removed" in told
    assert "0 polls would be dropped" in told
    assert names(settings) == [f"{OLD}.warc.gz", f"{MIDDLE}.warc.gz", f"{NEW}.warc.gz"]
    told = command(settings, "compact").output
    assert "archive: 5 captures (5 documents) in 3 files older than 30 days removed" in told
    shown = command(settings, "show", "https://a.example/1", "--raw")
    assert shown.exit_code == 1
    assert "was removed on 20" in str(shown.exception)
    assert "ferry" in command(settings, "show", "https://a.example/1").output
    told = command(settings, "rebuild", str(tmp_path / "fresh")).output
    assert "not rebuilt: 5 documents, whose raw captures were removed under" in told
    told = command(settings, "restore").output
    assert "no longer in the archive" not in told, "restore reports lost documents"


def test_restore_counts_documents_that_cannot_be_restored(settings):
    command(settings, "compact")
    for path in (settings.folder.live, *settings.folder.published.glob("*-*.duckdb")):
        path.write_bytes(b"no database")
    told = command(settings, "restore").output
    assert "no longer in the archive: 5 documents" in told


def findings(settings):
    found = [f for f in examine(settings) if f.subject == "archive"]
    return " | ".join(f.detail for f in found)


def test_doctor_shows_size_oldest_day_and_limit(settings):
    assert "3 files" in findings(settings)
    assert "since 2024-03-23, kept for ever: ONRECORD_KEEP_ARCHIVE_DAYS is not set" in findings(
        settings
    )
    limited = settings.model_copy(update={"keep_archive_days": 30})
    assert "kept for 30 days: 3 files (" in findings(limited)
    remove(settings)
    assert "since 2024-05-02" in findings(settings)
    assert "removed because of their age: 1 capture from 1 file" in findings(settings)
    (settings.folder.archive / f"{OLD}.kept.warc.gz").write_bytes(b"no archive")
    assert "cannot read what was removed" in findings(settings)


def test_rebuilt_warehouse_finds_kept_captures_at_their_places(settings, tmp_path):
    remove(settings)
    report = rebuild(settings, tmp_path / "fresh")
    assert (report.count.seen, report.count.rejected) == (4, 0)
    fresh = settings.model_copy(update={"data": tmp_path / "fresh"})
    before = places(settings)
    del before["https://a.example/1"]
    assert places(fresh) == before
    assert lost_documents(fresh.folder) == 1
    remove(fresh)
    assert rows(fresh, "SELECT sum(captures) FROM archive_removals") == [(1,)]


def test_retention_setting_is_validated(monkeypatch):
    monkeypatch.setenv("ONRECORD_KEEP_ARCHIVE_DAYS", "30")
    assert read_settings().keep_archive_days == 30
    assert os.environ["ONRECORD_KEEP_ARCHIVE_DAYS"] == "30"
