"""Exports: same rows in every format, only changes, whole files, right manifest."""

import csv
import hashlib
import shutil
from datetime import UTC, date, datetime

import duckdb
import orjson
import pytest
from openpyxl import load_workbook

from tests.helpers.bucket import KEY_ID, SECRET, bucket_store
from tests.helpers.builders import make_analysis, make_article, make_batch
from transforms.records import (
    DateMention,
    Entity,
    Keyphrase,
    Mention,
    NoComment,
    Quotation,
    Topic,
    TopicEvidence,
)
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.errors import ExportError, WarehouseMissingError
from warehouse.export import TABLES, export, export_workbook
from warehouse.export_targets import BucketTarget, FolderTarget
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.spool import spool

# Articles and what is in them; the others are made when articles are linked.
FILLED = TABLES[:7]
NOW = datetime(2024, 7, 1, 12, 0, tzinfo=UTC)
MAY, JUNE = datetime(2024, 5, 31, 23, 59, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC)
NASTY = "=cmd|' /C calc'!A0; \"Robert\"); DROP TABLE articles;--\n\x1b[2J, tab\t’"


def fill(folder, *articles):
    with open_live(folder, wait_s=0) as con:
        for name, published_at, text in articles:
            append_batch(con, spool(make_batch(analysis(name, published_at, text)), folder.spool))
    publish(folder, wait_s=0)


def analysis(name, published_at, text):
    article = make_article(
        text, url=f"https://paper.example/{name}", title=text[:60], published_at=published_at,
        authors=("Ana Petrova", text[:10]),
    )  # fmt: skip
    end = min(4, len(text))
    return make_analysis(
        article,
        quotations=(Quotation(start=0, end=len(text), text=text, statement=text, kind="direct", fragments=(),
                              speaker=text[:9], speaker_name=text[:9]),),
        no_comments=(NoComment(start=0, end=len(text), text=text, kind="declined", asked=text[:9], asked_start=0,
                               asked_end=min(9, len(text)), cue="declined", cue_start=0, about=text),),
        mentions=(Mention(start=0, end=end, text=text[:end], kind="place", name="Aldersund",
                          entity_id="place-1"),),
        entities=(Entity(entity_id="place-1", name="Aldersund", kind="place"),),
        dates=(DateMention(start=0, end=end, text=text[:end], type="DATE", value="2024-06"),),
        keyphrases=(Keyphrase(phrase=text[:9], score=1.0, start=0, end=min(9, len(text))),),
        topics=(Topic(code="15000000", name="sport", level=1, broader_code="15000000", score=1.0,
                      evidence=(TopicEvidence(term=text[:9], weight=1.0, occurrences=1, start=0, end=end),)),),
    )  # fmt: skip


ARTICLES = (
    ("one", MAY, "The ferry sails."),
    ("two", JUNE, "The bridge opens."),
    ("three", JUNE, NASTY),
    ("four", None, "Nobody knows the day."),
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Return a data folder with the articles, which no test changes."""
    folder = DataFolder(tmp_path_factory.mktemp("filled"))
    fill(folder, *ARTICLES)
    return folder.root


@pytest.fixture
def folder(tmp_path, filled):
    """Return a copy of it."""
    shutil.copytree(filled, tmp_path / "data", symlinks=True)
    return DataFolder(tmp_path / "data")


def exported(folder, root, fmt="parquet", **given):
    return export(folder, FolderTarget(root), fmt=fmt, now=NOW, **given)


def manifest(root):
    return orjson.loads((root / "manifest.json").read_bytes())


def names(parts):
    return sorted(part.file for part in parts)


def test_each_table_has_a_file_per_month_of_publication(folder, tmp_path):
    done = exported(folder, tmp_path / "out")
    months = ("2024-05", "2024-06", "undated")
    assert names(done.written) == sorted(
        f"{table}/month={month}/{table}.parquet" for table in FILLED for month in months
    )
    on_disk = [
        p.relative_to(tmp_path / "out") for p in (tmp_path / "out").rglob("*") if p.is_file()
    ]
    assert sorted(map(str, on_disk)) == sorted([*names(done.written), "manifest.json"])


def test_manifest_has_rows_and_checksums(folder, tmp_path):
    exported(folder, tmp_path)
    told = manifest(tmp_path)
    assert told["rows"] == dict.fromkeys(FILLED, 4)
    assert told["columns"]["quotations"]["statement"] == "VARCHAR"
    for part in told["partitions"]:
        data = (tmp_path / part["file"]).read_bytes()
        assert part["bytes"] == len(data)
        assert part["sha256"] == hashlib.sha256(data).hexdigest()


def test_files_can_be_read_as_one_table(folder, tmp_path):
    exported(folder, tmp_path)
    with duckdb.connect() as con:
        rows = con.execute(
            "SELECT month, count(*) FROM read_parquet($path, hive_partitioning = true)"
            " GROUP BY month ORDER BY month",
            {"path": f"{tmp_path}/quotations/*/*.parquet"},
        ).fetchall()
    assert rows == [("2024-05", 1), ("2024-06", 2), ("undated", 1)]


def test_parquet_and_json_lines_are_exact(folder, tmp_path):
    for fmt in ("parquet", "jsonl"):
        exported(folder, tmp_path / fmt, fmt)
    lines = (tmp_path / "jsonl/articles/month=2024-06/articles.jsonl").read_bytes().splitlines()
    texts = {orjson.loads(line)["text"] for line in lines}
    with duckdb.connect() as con:
        stored = con.execute(
            "SELECT text FROM read_parquet($path)",
            {"path": f"{tmp_path}/parquet/articles/month=2024-06/articles.parquet"},
        ).fetchall()
    assert texts == {text for (text,) in stored} == {"The bridge opens.", NASTY}


@pytest.mark.parametrize(("fmt", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_csv_cells_are_never_run_by_a_spreadsheet(folder, tmp_path, fmt, delimiter):
    exported(folder, tmp_path, fmt)
    with (tmp_path / f"articles/month=2024-06/articles.{fmt}").open(newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=delimiter))
    assert {row["text"] for row in rows} == {"The bridge opens.", f"'{NASTY}"}
    assert all(orjson.loads(row["authors"])[0] == "Ana Petrova" for row in rows)
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_csv_for_excel_is_another_file_than_exact_csv(folder, tmp_path):
    exported(folder, tmp_path, "csv")
    file = tmp_path / "quotations/month=2024-06/quotations.csv"
    assert not file.read_bytes().startswith(b"\xef\xbb\xbf")
    done = exported(folder, tmp_path, "csv", excel_decimal=",")
    assert len(done.written) == 3 * len(FILLED)
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    assert {row["statement"] for row in rows} == {"The bridge opens.", f"'{NASTY}"}
    assert {row["published_at (UTC)"] for row in rows} == {"2024-06-01 00:00:00"}
    assert "," in rows[0]["confidence"]
    assert exported(folder, tmp_path, "csv", excel_decimal=",").written == []


def test_workbook_per_month_has_the_rows(folder, tmp_path):
    done = exported(folder, tmp_path, "xlsx")
    sheet = load_workbook(tmp_path / "quotations/month=2024-05/quotations.xlsx").active
    header, row = sheet.iter_rows(values_only=True)
    found = dict(zip(header, row, strict=True))
    assert found["statement"] == "The ferry sails."
    assert found["published_at (UTC)"] == MAY.replace(tzinfo=None)
    assert (done.notes, exported(folder, tmp_path, "xlsx").written) == ([], [])


def test_workbook_has_a_sheet_per_table(folder, tmp_path):
    rows, notes = export_workbook(folder, tmp_path / "news.xlsx")
    workbook = load_workbook(tmp_path / "news.xlsx")
    assert workbook.sheetnames == list(TABLES)
    filled = dict.fromkeys(TABLES, 0) | dict.fromkeys(FILLED, 4)
    assert {sheet.title: sheet.max_row - 1 for sheet in workbook} == rows == filled
    assert notes == []


def test_workbook_can_begin_with_a_month(folder, tmp_path):
    rows, _ = export_workbook(folder, tmp_path / "a.xlsx", tables=["articles"], since=JUNE.date())
    assert rows == {"articles": 3}  # an undated article may be of any month
    assert load_workbook(tmp_path / "a.xlsx")["articles"].max_row == 4


def test_second_export_writes_nothing_again(folder, tmp_path):
    first = exported(folder, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")}
    second = exported(folder, tmp_path)
    assert second.written == []
    assert names(second.kept) == names(first.written)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")} == before


def test_only_the_changed_month_is_rewritten(folder, tmp_path):
    exported(folder, tmp_path)
    fill(folder, ("five", MAY, "The harbour closed."))
    done = exported(folder, tmp_path)
    assert names(done.written) == sorted(f"{t}/month=2024-05/{t}.parquet" for t in FILLED)
    assert manifest(tmp_path)["rows"]["articles"] == 5


def test_month_without_rows_keeps_an_empty_file(folder, tmp_path):
    exported(folder, tmp_path)
    fill(folder, ("one", JUNE, "The ferry sails, the paper corrects."))
    exported(folder, tmp_path)
    parts = {part["file"]: part["rows"] for part in manifest(tmp_path)["partitions"]}
    assert parts["articles/month=2024-05/articles.parquet"] == 0
    assert parts["articles/month=2024-06/articles.parquet"] == 3
    assert exported(folder, tmp_path).written == []


@pytest.mark.parametrize("how", ["gone", "cut"])
def test_removed_or_cut_file_is_written_again(folder, tmp_path, how):
    exported(folder, tmp_path)
    file = tmp_path / "dates/month=2024-05/dates.parquet"
    file.unlink() if how == "gone" else file.write_bytes(b"PAR1")
    assert names(exported(folder, tmp_path).written) == ["dates/month=2024-05/dates.parquet"]


def test_damaged_manifest_causes_a_full_export(folder, tmp_path):
    exported(folder, tmp_path)
    (tmp_path / "manifest.json").write_bytes(b'{"layout": 1, "partitions": [{}]}')
    assert len(exported(folder, tmp_path).written) == 3 * len(FILLED)


def test_folder_can_have_only_one_format(folder, tmp_path):
    exported(folder, tmp_path)
    with pytest.raises(ExportError, match="contains an export as parquet"):
        exported(folder, tmp_path, "csv")


def test_since_does_not_touch_older_months(folder, tmp_path):
    done = exported(folder, tmp_path, since=date(2024, 6, 15))
    assert {part.month for part in done.written} == {"2024-06", "undated"}
    exported(folder, tmp_path)
    fill(folder, ("five", MAY, "The harbour closed."))
    assert exported(folder, tmp_path, since=date(2024, 6, 1)).written == []
    assert manifest(tmp_path)["rows"]["articles"] == 4


def test_only_quotations_are_exported_on_request(folder, tmp_path):
    done = exported(folder, tmp_path, tables=("quotations",))
    assert {part.table for part in done.written} == {"quotations"}
    assert not (tmp_path / "articles").exists()


def test_missing_snapshot_is_reported(tmp_path):
    with pytest.raises(WarehouseMissingError):
        exported(DataFolder(tmp_path / "data"), tmp_path)


def test_target_that_is_not_a_folder_is_reported(folder, tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ExportError, match="out"):
        exported(folder, tmp_path / "out")


def bucket(store, prefix="news/2024 'export'", **given):
    keys = {"key_id": KEY_ID, "secret": SECRET} | given
    endpoint = store.address.removeprefix("http://")
    return BucketTarget(f"s3://{prefix}", endpoint=endpoint, use_tls=False, **keys)


def test_bucket_gets_the_same_files_and_only_changes(folder, tmp_path):
    exported(folder, tmp_path)
    with bucket_store() as store:
        first = export(folder, bucket(store), fmt="parquet", now=NOW)
        assert len(first.written) == 3 * len(FILLED)
        assert export(folder, bucket(store), fmt="parquet", now=NOW).written == []
        fill(folder, ("five", MAY, "The harbour closed."))
        again = export(folder, bucket(store), fmt="parquet", now=NOW)
        assert {part.month for part in again.written} == {"2024-05"}
        told = orjson.loads(store.objects["news/2024 'export'/manifest.json"])
        for part in told["partitions"]:
            data = store.objects[f"news/2024 'export'/{part['file']}"]
            assert hashlib.sha256(data).hexdigest() == part["sha256"]
        assert SECRET not in "".join(store.asked)


def test_removed_object_is_sent_again(folder):
    with bucket_store() as store:
        export(folder, bucket(store, "news"), fmt="jsonl", now=NOW)
        del store.objects["news/dates/month=2024-05/dates.jsonl"]
        again = export(folder, bucket(store, "news"), fmt="jsonl", now=NOW)
    assert names(again.written) == ["dates/month=2024-05/dates.jsonl"]


@pytest.mark.parametrize("fault", ["wrong key", "full"])
def test_refusing_bucket_is_reported_without_the_secret(folder, fault):
    with bucket_store() as store:
        store.refuses = fault == "full"
        given = {"key_id": "stranger"} if fault == "wrong key" else {}
        target = bucket(store, **given)
        with pytest.raises(ExportError, match="s3://news") as error:
            export(folder, target, fmt="csv", now=NOW)
        assert not any(name.endswith("manifest.json") for name in store.objects)
    assert SECRET not in str(error.value)
    assert SECRET not in repr(target)
