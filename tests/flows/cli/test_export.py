"""`onrecord export` on the command line: folders, buckets, refused targets."""

import orjson
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from flows.__main__ import app
from flows.cli.export_target import target_for
from flows.errors import SettingsError
from tests.helpers.bucket import KEY_ID, SECRET, bucket_store
from tests.helpers.builders import make_analysis, make_article, make_batch
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.export_targets import BucketTarget, FolderTarget
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.spool import spool


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a published warehouse, which no test changes."""
    folder = DataFolder(tmp_path_factory.mktemp("data"))
    with open_live(folder, wait_s=0) as con:
        append_batch(con, spool(make_batch(make_analysis(make_article())), folder.spool))
    publish(folder, wait_s=0)
    return folder


def run(*arguments):
    result = CliRunner().invoke(app, ["export", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result.output


def test_export_prints_what_it_wrote(folder, tmp_path):
    told = run("--data", folder.root, "--to", tmp_path / "out", "--format", "csv")
    assert "articles/month=2024-06/articles.csv" in told
    assert "1 written, 0 unchanged" in told
    again = run("--data", folder.root, "--to", tmp_path / "out", "--format", "csv", "--json")
    assert orjson.loads(again) == {"written": [], "kept": ["articles/month=2024-06/articles.csv"]}


def test_export_can_be_limited_to_quotations_and_recent_months(folder, tmp_path):
    told = run("--data", folder.root, "--to", tmp_path, "--quotes-only", "--since", "2024-06-30")
    assert "0 written" in told
    assert orjson.loads((tmp_path / "manifest.json").read_bytes())["rows"] == {}


def test_workbook_is_one_file(folder, tmp_path):
    told = run("--data", folder.root, "--to", tmp_path / "news.xlsx", "--quotes-only")
    assert "0 rows  quotations" in told
    assert load_workbook(tmp_path / "news.xlsx").sheetnames == ["quotations"]
    told = run("--data", folder.root, "--to", tmp_path / "news.xlsx", "--json")
    assert orjson.loads(told)["rows"]["articles"] == 1


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        pytest.param(["--to", "news.csv"], "only a workbook", id="csv-file"),
        pytest.param(
            ["--to", "news.xlsx", "--format", "csv"], "xlsx, the format", id="two-formats"
        ),
        pytest.param(["--to", "no/news.xlsx"], "existing folder", id="no-folder"),
        pytest.param(["--to", "news", "--excel"], "csv, because of --excel", id="excel-parquet"),
        pytest.param(
            ["--dataset", "news", "--format", "csv", "--excel"],
            "its own formats",
            id="excel-data-set",
        ),
        pytest.param(["--to", "a.xlsx", "--excel"], "needs no CSV", id="excel-workbook"),
        pytest.param(["--to", "news", "--decimal-comma"], "--excel as well", id="comma-alone"),
    ],
)
def test_refused_target(folder, tmp_path, monkeypatch, given, problem):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["export", "--data", str(folder.root), *given])
    assert isinstance(result.exception, SettingsError)
    assert problem in str(result.exception)


def test_folder_may_be_named_like_a_file(folder, tmp_path):
    (tmp_path / "news.csv").mkdir()
    assert "1 written" in run("--data", folder.root, "--to", tmp_path / "news.csv")


def test_bucket_is_configured_by_the_usual_variables(folder, monkeypatch):
    with bucket_store() as store:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        monkeypatch.setenv("AWS_ENDPOINT_URL", store.address)
        told = run("--data", folder.root, "--to", "s3://news/exports", "--format", "jsonl")
        assert "1 written" in told
        assert SECRET not in told
        assert set(store.objects) == {
            "news/exports/manifest.json",
            "news/exports/articles/month=2024-06/articles.jsonl",
        }


def test_without_an_endpoint_amazon_is_asked_over_tls(monkeypatch):
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    target = target_for("s3://news")
    assert isinstance(target, BucketTarget)
    assert (target.endpoint, target.use_tls, target.region) == ("", True, "eu-central-1")


def test_missing_bucket_keys_are_reported(monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    with pytest.raises(SettingsError, match="AWS_ACCESS_KEY_ID"):
        target_for("s3://news")


@pytest.mark.parametrize("to", ["gs://news", "https://bucket.example/", "s3://", "s3:///x"])
def test_other_urls_are_refused(to):
    with pytest.raises(SettingsError, match="s3://bucket"):
        target_for(to)


def test_folder_name_is_taken_as_a_folder(tmp_path):
    assert target_for(str(tmp_path)) == FolderTarget(tmp_path)
