"""`verify` finds what was changed in a data set, and believes no manifest."""

import csv
import shutil

import duckdb
import orjson
import pytest

from tests.helpers.harbour import OPENING, SYNDICATED
from tests.helpers.stories import append_stories
from warehouse.connect import open_live
from warehouse.dataset import measured, write_dataset
from warehouse.dataset_records import DatasetOptions
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.verify import Problem, verify


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = tmp_path_factory.mktemp("verify")
    folder = DataFolder(root / "data")
    with open_live(folder) as con:
        append_stories(con, folder.spool, OPENING, SYNDICATED)
    publish(folder)
    for fmt in ("csv", "parquet"):
        write_dataset(folder, root / fmt, DatasetOptions(fmt=fmt, tool_version="1", settings={}))
    return root


@pytest.fixture(params=["csv", "parquet"])
def root(request, made, tmp_path):
    return shutil.copytree(made / request.param, tmp_path / request.param)


@pytest.fixture
def csv_root(made, tmp_path):
    return shutil.copytree(made / "csv", tmp_path / "csv")


def manifest(root):
    return orjson.loads((root / "manifest.json").read_bytes())


def rewrite(root, change):
    told = manifest(root)
    change(told)
    (root / "manifest.json").write_bytes(orjson.dumps(told))


def data_file(root, table):
    return root / manifest(root)["tables"][table]["file"]


def declare(root, file):
    """Give a changed file the right size and SHA-256 in the manifest."""
    name = file.relative_to(root).as_posix()
    rewrite(root, lambda told: told["files"].update({name: measured(file)}))


def items(done):
    return [found.item for found in done.problems]


def test_intact_data_set(root):
    done = verify(root)
    assert (done.problems, done.digest) == ([], manifest(root)["digest"])
    assert done.rows["articles"] == 2


def test_missing_file(root):
    data_file(root, "dates").unlink()
    (root / "codebook.md").unlink()
    told = {found.item: found.problem for found in verify(root).problems}
    assert told["codebook.md"] == "is missing"
    assert told[f"data/dates.{root.name}"] == "is missing"


def test_extra_file(root):
    (root / "data" / "more.csv").write_text("a\n")
    (root / ".git").mkdir()
    (root / ".git" / "HEAD").write_text("hidden files do not count")
    assert verify(root).problems == [Problem("data/more.csv", "is extra: the manifest does not name it")]  # fmt: skip


def test_changed_text(root):
    readme = root / "README.md"
    readme.write_bytes(readme.read_bytes().replace(b"publishers", b"publisherz"))
    assert verify(root).problems == [Problem("README.md", "was changed: its SHA-256 differs")]
    readme.write_text("short")
    assert "5 bytes" in verify(root).problems[0].problem


def test_changed_value_is_found_even_if_the_file_is_declared(csv_root):
    file = data_file(csv_root, "quotations")
    file.write_text(file.read_text("utf-8").replace("We waited", "We hated"), "utf-8")
    declare(csv_root, file)
    done = verify(csv_root)
    assert items(done) == ["quotations", "all tables"]
    assert done.problems[0].problem == "has other content: its digest differs"


def test_removed_row_is_counted(csv_root):
    file = data_file(csv_root, "mentions")
    with file.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    with file.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows[:-1])
    declare(csv_root, file)
    done = verify(csv_root)
    count = len(rows) - 1
    assert done.problems[0] == Problem("mentions", f"has {count - 1} rows, expected {count}")


def test_same_rows_in_another_order_and_file_have_the_same_digest(made, tmp_path):
    root = shutil.copytree(made / "parquet", tmp_path / "a")
    file = data_file(root, "mentions")
    duckdb.sql(f"COPY (FROM '{file}' ORDER BY hash(start_char)) TO '{tmp_path}/m.parquet' (COMPRESSION snappy)")  # fmt: skip
    shutil.move(tmp_path / "m.parquet", file)
    assert items(verify(root)) == [
        "data/mentions.parquet"
    ]  # the file differs, the content does not
    declare(root, file)
    assert verify(root).problems == []


def test_damaged_file_is_reported(root):
    file = data_file(root, "articles")
    file.write_bytes(file.read_bytes()[:100])
    done = verify(root)
    assert f"data/articles.{root.name}" in items(done)
    assert done.problems
    assert "articles" not in done.rows or done.rows["articles"] != 2


def test_cited_digest_is_compared(root):
    digest = manifest(root)["digest"]
    assert verify(root, cited=digest).problems == []
    (found,) = verify(root, cited="0" * 64).problems
    assert "cited was 000" in found.problem


def test_forged_manifest_is_told_by_the_cited_digest(csv_root):
    before = manifest(csv_root)["digest"]
    file = data_file(csv_root, "quotations")
    file.write_text(file.read_text("utf-8").replace("We waited", "We hated"), "utf-8")
    declare(csv_root, file)
    forged = verify(csv_root)
    rewrite(csv_root, lambda told: told.update(digest=forged.digest))
    assert verify(csv_root, cited=before).problems


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(None, "is this the folder of a data set", id="none"),
        pytest.param(b"{", "is damaged", id="no-json"),
        pytest.param(b"[]", "is damaged", id="a-list"),
        pytest.param(b"{}", "is damaged", id="empty"),
        pytest.param(b'{"kind": "cake"}', "is not that of a data set", id="other-kind"),
        pytest.param(b'{"kind": "onrecord data set", "layout": 99}', "update onrecord", id="newer"),
        pytest.param(b'{"kind": "onrecord data set", "layout": 1}', "is damaged", id="cut"),
    ],
)
def test_unreadable_manifest(tmp_path, content, problem):
    if content is not None:
        (tmp_path / "manifest.json").write_bytes(content)
    done = verify(tmp_path)
    assert [found.item for found in done.problems] == ["manifest.json"]
    assert problem in done.problems[0].problem


@pytest.mark.parametrize("name", ["../secret.csv", "/etc/passwd", "data/../../x", "a\\b"])
def test_file_outside_the_data_set_is_not_read(root, name):
    rewrite(root, lambda told: told["tables"]["articles"].update(file=name))
    assert "outside the data set" in verify(root).problems[0].problem


def test_manifest_cannot_smuggle_sql(root):
    rewrite(root, lambda told: told["tables"]["articles"]["columns"].update(title="VARCHAR); DROP"))
    assert "type without a digest" in verify(root).problems[0].problem


def test_unknown_column_is_a_problem_of_its_table(root):
    def change(told):
        told["tables"]["dates"]["columns"] = {'no"such': "VARCHAR"}
        told["tables"]["dates"]["digested"] = ['no"such']

    rewrite(root, change)
    assert any("dates" in item for item in items(verify(root)))
