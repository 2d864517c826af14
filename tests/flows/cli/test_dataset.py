"""`onrecord export --dataset` and `onrecord verify` on the command line."""

import csv
import hashlib
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.cli.dataset import settings_in
from flows.errors import SettingsError
from flows.jobs.load import load_files
from flows.settings import read_settings
from tests.helpers.harbour import OPENING
from tests.helpers.stories import append_stories
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("dataset"))
    with open_live(folder) as con:
        append_stories(con, folder.spool, OPENING)
    publish(folder)
    return folder.root


def run(*given):
    return CliRunner().invoke(app, [*map(str, given)])


def test_data_set_is_written_and_verified(data, tmp_path):
    root = tmp_path / "floods"
    made = run("export", "--data", data, "--dataset", root, "--author", "Holm, Ana", "--no-text")
    assert made.exit_code == 0, made.output
    assert "1 rows  data/articles.parquet" in made.stdout
    digest = made.stdout.splitlines()[-1].removeprefix("content digest: ")
    assert made.stderr == ""
    seen = run("verify", root, "--digest", digest)
    assert (seen.exit_code, seen.stdout.splitlines()[-1]) == (0, "News of 1 source, 2024-06-03: intact")  # fmt: skip


@pytest.mark.slow
def test_without_text_no_eight_words_of_an_article_are_left(tmp_path):
    articles = ["02-budget-vote.html", "11-librairies-fr.txt", "16-harbour-master-interview.txt"]
    load_files([ROOT / "seeds" / "articles" / name for name in articles], read_settings(data=tmp_path / "data"))  # fmt: skip
    for name, flags in (("with", []), ("without", ["--no-text"])):
        run("export", "--data", tmp_path / "data", "--dataset", tmp_path / name, "--format", "csv", *flags)  # fmt: skip
    with (tmp_path / "with" / "data" / "articles.csv").open(encoding="utf-8", newline="") as file:
        texts = [row["text"].split() for row in csv.DictReader(file)]
    runs = {" ".join(words[at : at + 8]) for words in texts for at in range(len(words) - 7)}
    assert len(runs) > 600
    left = [
        value
        for path in (tmp_path / "without" / "data").iterdir()
        for row in csv.DictReader(path.read_text("utf-8").splitlines(keepends=True))
        for column, value in row.items()
        if column not in ("title", "alternative_titles")
    ]
    assert not [words for words in runs if any(words in value for value in left)]


def test_changed_data_set_fails(data, tmp_path):
    run("export", "--data", data, "--dataset", tmp_path / "a", "--format", "csv")
    (tmp_path / "a" / "README.md").write_text("mine")
    seen = run("verify", tmp_path / "a")
    assert seen.exit_code == 1
    assert seen.stdout.startswith("README.md: was changed: 4 bytes")
    told = orjson.loads(run("verify", tmp_path / "a", "--json").stdout)
    assert [found["item"] for found in told["problems"]] == ["README.md"]
    assert run("verify", tmp_path).exit_code == 1


def test_missing_author_is_told(data, tmp_path):
    made = run("export", "--data", data, "--dataset", tmp_path / "a", "--json")
    assert "CITATION.cff names the author anonymous" in made.stderr
    told = orjson.loads(made.stdout)
    assert told["rows"]["articles"] == 1
    assert told["digest"].startswith("sha256:")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        pytest.param([], "either --to or --dataset", id="neither"),
        pytest.param(["--to", "x", "--dataset", "y"], "all tables and days", id="both"),
        pytest.param(["--to", "x", "--no-text"], "belongs to --dataset", id="no-text-to"),
        pytest.param(["--to", "x", "--title", "A"], "belongs to --dataset", id="title-to"),
        pytest.param(
            ["--dataset", "y", "--since", "2024-01-01"], "all tables and days", id="since"
        ),
        pytest.param(["--dataset", "y", "--quotes-only"], "all tables and days", id="quotes"),
        pytest.param(["--dataset", "y", "--format", "xlsx"], "parquet or csv", id="format"),
        pytest.param(["--dataset", "y", "--author", ", Ana"], "Family, Given", id="author"),
        pytest.param(["--dataset", "y", "--title", "two\nlines"], "one line", id="title"),
        pytest.param(["--dataset", "s3://news/y"], "a folder on this machine", id="bucket"),
        pytest.param(["--dataset", "y", "--version", " "], "one line", id="version"),
    ],
)
def test_contradiction_is_refused(data, tmp_path, monkeypatch, given, problem):
    monkeypatch.chdir(tmp_path)
    result = run("export", "--data", data, *given)
    assert isinstance(result.exception, SettingsError)
    assert problem in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_digest_that_is_none_is_refused(tmp_path):
    assert isinstance(run("verify", tmp_path, "--digest", "abc").exception, SettingsError)


def test_settings_name_no_path(tmp_path):
    (tmp_path / "rules.toml").write_text("")
    (tmp_path / "onrecord.toml").write_text(
        f'taggers = "de=spacy:{tmp_path}/models/news_sm, ru=slovnet"\n'
    )
    told = settings_in(read_settings(data=tmp_path))
    assert told["taggers"] == "de=spacy:news_sm, ru=slovnet:"
    assert told["rules_sha256"] == hashlib.sha256(b"").hexdigest()
    assert str(tmp_path) not in str(told)
