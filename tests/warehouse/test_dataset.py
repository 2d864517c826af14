"""A data set: every format has the same content, and the texts about it are true."""

import csv
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import orjson
import pytest
import yaml  # type: ignore[import-untyped]

from flows.runs.linking import link_new
from tests.helpers.aveling import CLEANING, TRIAL, flood
from tests.helpers.builders import make_run
from tests.helpers.harbour import CORRECTED, FIRST_DRAFT, OPENING, SYNDICATED
from tests.helpers.linked import load_linked
from tests.helpers.stories import append_stories, make_story
from warehouse.connect import open_live
from warehouse.dataset import write_dataset
from warehouse.dataset_records import Author, DatasetOptions
from warehouse.dataset_tables import TABLES
from warehouse.errors import ExportError, WarehouseMissingError
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.verify import verify

NASTY = make_story(
    '=1+1; a "quoted" | <b>title</b>\nShe said, "line"\r\nnext\rline\x0b \x00 \u2028 \ufeff 🚢 \\ \'x\' ,,\n',
    url="https://c.example/3?a=1&b=ü",
    day="2024-06-09",
    hour=5,
    said=[('"line"', "Ana Ruiz", "mayor", "direct")],
    authors=('Ana "Q", Petrova', "", "Ben\nHolm"),
)
SILENT = make_story(
    "Port says nothing\nThe Port Union declined to comment on the strike.",
    url="https://a.example/4",
    day="2024-06-06",
    silent=[("The Port Union declined to comment on the strike", "declined", "Port Union", "declined")],
    named=[("Port Union", "organization")],
)  # fmt: skip
LEFT_OUT = {
    "articles": {"text", "description"},
    "quotations": {"statement", "text", "speaker_text"},
    "no_comments": {"text", "about", "asked_text"},
    "clusters": {"added", "cut"},
}


def asked(**given):
    return DatasetOptions(tool_version="9.9.9", settings={"page_types": "article"}, **given)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("dataset"))
    with open_live(folder) as con:
        append_stories(con, folder.spool, OPENING, SYNDICATED, FIRST_DRAFT, SILENT)
        append_stories(con, folder.spool, CORRECTED, NASTY)
    link_new(make_run(folder.root))
    publish(folder)
    return folder


def manifest(root):
    return orjson.loads((root / "manifest.json").read_bytes())


def content(root):
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}  # fmt: skip


def test_formats_have_the_same_content(folder, tmp_path):
    digests = {fmt: write_dataset(folder, tmp_path / fmt, asked(fmt=fmt)).digest for fmt in ("csv", "parquet")}  # fmt: skip
    assert digests["csv"] == digests["parquet"]
    for fmt, digest in digests.items():
        done = verify(tmp_path / fmt)
        assert done.problems == []
        assert done.digest == digest
        assert done.rows["articles"] == 5


def test_same_snapshot_gives_the_same_bytes(folder, tmp_path):
    for fmt in ("csv", "parquet"):
        write_dataset(folder, tmp_path / f"{fmt}-1", asked(fmt=fmt))
        write_dataset(folder, tmp_path / "else" / "where", asked(fmt=fmt))
        assert content(tmp_path / f"{fmt}-1") == content(tmp_path / "else" / "where")


def test_digest_does_not_depend_on_the_snapshot_or_the_order_of_loading(folder, tmp_path):
    other = DataFolder(tmp_path / "data")
    with open_live(other) as con:
        for story in (NASTY, SILENT, FIRST_DRAFT, SYNDICATED, CORRECTED, OPENING):
            append_stories(con, other.spool, story)
    link_new(make_run(other.root))
    publish(other)
    publish(other)
    first = write_dataset(folder, tmp_path / "a", asked())
    assert write_dataset(other, tmp_path / "b", asked()).digest == first.digest


def test_digest_can_be_recomputed_by_another_program(folder, tmp_path):
    """With a CSV reader and hashlib alone, after the description in `content_digest`."""
    write_dataset(folder, tmp_path / "a", asked(fmt="csv"))
    lines = []
    for name, told in manifest(tmp_path / "a")["tables"].items():
        with (tmp_path / "a" / told["file"]).open(encoding="utf-8", newline="") as stream:
            rows = [
                hashlib.sha256(
                    "".join(framed(row[c], told["columns"][c]) for c in told["digested"]).encode()
                ).hexdigest()
                for row in csv.DictReader(stream)
            ]
        head = ",".join(told["digested"])
        digest = hashlib.sha256("".join(f"{x}\n" for x in [head, *sorted(rows)]).encode())
        lines.append(f"{name} {len(rows)} {digest.hexdigest()}\n")
    expected = hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()
    assert manifest(tmp_path / "a")["digest"] == expected


def framed(cell, kind):
    if cell in ("", None):
        return "~"
    if kind.endswith("[]"):
        items = orjson.loads(cell) if isinstance(cell, str) else cell
        cell = "".join(framed(item, kind.removesuffix("[]")) for item in items)
    elif kind == "DOUBLE":
        cell = f"{float(cell):.6f}"
    return f"{len(str(cell).encode())}:{cell}"


@pytest.mark.parametrize("fmt", ["csv", "parquet"])
def test_without_text_no_sentence_of_an_article_is_left(folder, tmp_path, fmt):
    write_dataset(folder, tmp_path / "a", asked(fmt=fmt, has_text=False))
    told = manifest(tmp_path / "a")
    assert told["has_text"] is False
    assert verify(tmp_path / "a").problems == []
    for name, table in told["tables"].items():
        assert not set(table["columns"]) & LEFT_OUT.get(name, set())
        shown_columns = [c for c in table["columns"] if c != "fingerprint"]  # of the test, no hash
        rows = duckdb.sql(f"SELECT {', '.join(shown_columns)} FROM '{tmp_path / 'a' / table['file']}'").fetchall()  # fmt: skip
        shown = str(rows)
        for sentence in ("We waited long enough", "the cranes would follow", "declined to comment on"):  # fmt: skip
            assert sentence not in shown
    articles = duckdb.sql(f"SELECT * FROM '{tmp_path / 'a' / told['tables']['articles']['file']}'")
    assert {"url", "title", "text_sha256", "content_sha256"} <= set(articles.columns)
    readme = (tmp_path / "a" / "README.md").read_text("utf-8")
    for table, columns in LEFT_OUT.items():
        assert all(f"`{table}.{column}`" in readme for column in columns)


def test_left_out_columns_exist(folder, tmp_path):
    write_dataset(folder, tmp_path / "a", asked())
    told = manifest(tmp_path / "a")["tables"]
    for table in TABLES:
        columns = set(told[table.name]["columns"])
        assert set(table.text) == LEFT_OUT.get(table.name, set())
        assert {*table.text, *table.key, *table.undigested, *(link[0] for link in table.links)} <= columns  # fmt: skip


def test_only_the_newest_revision_is_in_it(folder, tmp_path):
    write_dataset(folder, tmp_path / "a", asked())
    titles = duckdb.sql(f"SELECT title FROM '{tmp_path}/a/data/articles.parquet'").fetchall()
    assert {"Strike is off"} <= {title for (title,) in titles}
    assert "Strike looms" not in {title for (title,) in titles}


def test_manifest_says_what_is_in_it(folder, tmp_path):
    dataset = write_dataset(folder, tmp_path / "a", asked())
    told = manifest(tmp_path / "a")
    assert (told["onrecord"], told["settings"]) == ("9.9.9", {"page_types": "article"})
    assert told["range"]["first_on"] == "2024-06-03"
    assert told["range"]["last_on"] == "2024-06-09"
    assert told["transforms"].keys() == {
        "clean", "dates", "keyphrases", "mentions", "quotations", "topics",
    }  # fmt: skip
    assert {s["source_id"]: s["articles"] for s in told["sources"]} == {"a.example": 3, "b.example": 1, "c.example": 1}  # fmt: skip
    assert told["tables"]["no_comments"]["rows"] == 1
    assert set(told["files"]) == set(content(tmp_path / "a")) - {"manifest.json"}
    assert told["title"] == dataset.title == "News of 3 sources, 2024-06-03 to 2024-06-09"


def test_descriptor_has_fields_keys_and_links(folder, tmp_path):
    write_dataset(folder, tmp_path / "a", asked(fmt="csv"))
    package = orjson.loads((tmp_path / "a" / "datapackage.json").read_bytes())
    found = {resource["name"]: resource for resource in package["resources"]}
    assert set(found) == {table.name for table in TABLES}
    schema = found["mentions"]["schema"]
    assert schema["primaryKey"] == ["article_id", "start_char", "end_char"]
    assert {"fields": ["entity_id"], "reference": {"resource": "entities", "fields": ["entity_id"]}} in schema["foreignKeys"]  # fmt: skip
    fields = {field["name"]: field for field in schema["fields"]}
    assert fields["start_char"]["unit"] == "Unicode code point"
    assert fields["confidence"]["constraints"] == {"required": True, "minimum": 0, "maximum": 1}
    assert fields["candidates"]["type"] == "array"
    for resource in found.values():
        assert all(field["description"] for field in resource["schema"]["fields"])
        data = (tmp_path / "a" / resource["path"]).read_bytes()
        assert resource["bytes"] == len(data)
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"


def test_stories_and_copies_are_in_it(tmp_path):
    folder = load_linked(
        tmp_path / "data", [flood("a", "2024-06-03", hour=7), flood("b", "2024-06-03", hour=9)],
        [CLEANING, TRIAL],
    )  # fmt: skip
    publish(folder)
    dataset = write_dataset(folder, tmp_path / "a", asked(fmt="csv"))
    rows = {}
    for name in ("stories", "story_articles", "clusters"):
        with (tmp_path / "a" / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            rows[name] = list(csv.DictReader(stream))
    (big,) = (row for row in rows["stories"] if row["sources"] == "3")
    assert (big["articles"], big["texts"], big["people"]) == (
        "3",
        "2",
        '["Karin Holt","Edwin Prast"]',
    )
    members = [
        row["source_id"] for row in rows["story_articles"] if row["story_id"] == big["story_id"]
    ]
    assert sorted(members) == ["a.example", "b.example", "c.example"]
    assert sorted((row["source_id"], row["is_earliest"]) for row in rows["clusters"]) == [
        ("a.example", "true"),
        ("b.example", "false"),
    ]
    links = {file.name: file.links for file in dataset.files}
    assert ("story_id", "stories", "story_id") in links["story_articles"]
    assert all(file.has_key for file in dataset.files)
    assert verify(tmp_path / "a").problems == []


def test_key_is_not_claimed_if_a_row_repeats_it(tmp_path):
    folder = DataFolder(tmp_path / "data")
    twice = make_story(
        "Harbour opens\nIt is open, Ruiz said.", url="https://a.example/9", day="2024-06-03",
        said=[("It is open", "Ana Ruiz", None, "indirect"), ("It is open", "Piet Soll", None, "indirect")],
    )  # fmt: skip
    with open_live(folder) as con:
        append_stories(con, folder.spool, twice)
    publish(folder)
    dataset = write_dataset(folder, tmp_path / "a", asked())
    assert {file.name: file.has_key for file in dataset.files}["quotations"] is False
    package = orjson.loads((tmp_path / "a" / "datapackage.json").read_bytes())
    (schema,) = (r["schema"] for r in package["resources"] if r["name"] == "quotations")
    assert "primaryKey" not in schema


def test_citation_names_title_authors_version_and_digest(folder, tmp_path):
    authors = (Author(family='O\'Neil: "Ann"', given="Ana"), Author(family="Harbour Institute"))
    given = {"title": 'Floods: a "data" set #1', "version": "2.0", "authors": authors}
    dataset = write_dataset(folder, tmp_path / "a", asked(**given))
    cited = yaml.safe_load((tmp_path / "a" / "CITATION.cff").read_text("utf-8"))
    assert cited["cff-version"] == "1.2.0"
    assert (cited["title"], cited["version"], cited["type"]) == (given["title"], "2.0", "dataset")
    assert cited["authors"] == [{"family-names": "O'Neil: \"Ann\"", "given-names": "Ana"}, {"name": "Harbour Institute"}]  # fmt: skip
    assert cited["identifiers"][0]["value"] == f"sha256:{dataset.digest}"
    assert cited["references"][0]["title"] == "onrecord"
    assert cited["references"][0]["version"] == "9.9.9"


def test_unknown_author_is_called_anonymous(folder, tmp_path):
    write_dataset(folder, tmp_path / "a", asked())
    cited = yaml.safe_load((tmp_path / "a" / "CITATION.cff").read_text("utf-8"))
    assert cited["authors"] == [{"name": "anonymous"}]


def test_codebook_has_every_column(folder, tmp_path):
    dataset = write_dataset(folder, tmp_path / "a", asked())
    lines = (tmp_path / "a" / "codebook.md").read_text("utf-8").splitlines()
    for file in dataset.files:
        assert f"## {file.name}" in lines
        for column in file.columns:
            assert any(line.startswith(f"| `{column.name}` | ") for line in lines)
    tables = [line for line in lines if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in tables} == {7}


def test_readme_warns_and_counts(folder, tmp_path):
    dataset = write_dataset(folder, tmp_path / "a", asked())
    readme = (tmp_path / "a" / "README.md").read_text("utf-8")
    assert "The texts belong to their publishers" in readme
    assert "`confidence` is the expected share" in readme
    assert f"sha256:{dataset.digest}" in readme
    assert "| en | 5 |" in readme


def test_nothing_names_the_machine(folder, tmp_path):
    write_dataset(folder, tmp_path / "a", asked(fmt="csv"))
    for name, data in content(tmp_path / "a").items():
        assert str(tmp_path.parent).encode() not in data, name
        assert str(folder.root).encode() not in data, name


def test_existing_data_set_is_replaced_and_other_files_stay(folder, tmp_path):
    root = tmp_path / "a"
    write_dataset(folder, root, asked(fmt="csv"))
    (root / ".git").mkdir()
    (root / ".git" / "HEAD").write_text("ref")
    write_dataset(folder, root, asked(fmt="parquet"))
    assert not list(root.glob("data/*.csv"))
    assert (root / ".git" / "HEAD").read_text() == "ref"
    assert verify(root).problems == []


def test_manifest_cannot_remove_files_elsewhere(folder, tmp_path):
    (tmp_path / "precious.txt").write_text("mine")
    (tmp_path / "a").mkdir()
    told = {"kind": "onrecord data set", "files": {"../precious.txt": {}, "/etc/hostname": {}}}
    (tmp_path / "a" / "manifest.json").write_bytes(orjson.dumps(told))
    write_dataset(folder, tmp_path / "a", asked())
    assert (tmp_path / "precious.txt").read_text() == "mine"
    assert Path("/etc/hostname").exists()


def test_other_content_is_not_touched(folder, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ExportError, match="contains other files"):
        write_dataset(folder, tmp_path, asked())
    with pytest.raises(ExportError, match="is a file"):
        write_dataset(folder, tmp_path / "notes.txt", asked())
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_failed_data_set_leaves_nothing(folder, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("warehouse.dataset.render_texts", full)
    with pytest.raises(ExportError, match="No space left"):
        write_dataset(folder, tmp_path / "out" / "a", asked())
    assert list((tmp_path / "out").iterdir()) == []


def test_warehouse_without_articles_or_snapshot(tmp_path):
    folder = DataFolder(tmp_path / "data")
    with pytest.raises(WarehouseMissingError):
        write_dataset(folder, tmp_path / "a", asked())
    with open_live(folder):
        pass
    publish(folder)
    with pytest.raises(ExportError, match="no article"):
        write_dataset(folder, tmp_path / "a", asked())
    assert not (tmp_path / "a").exists()


def test_instants_are_whole_seconds(tmp_path):
    folder = DataFolder(tmp_path / "data")
    at = datetime(2024, 6, 3, 10, 0, 5, 999_999, tzinfo=UTC)
    story = make_story("A\nIt is open.", url="https://a.example/9", day="2024-06-03", modified_at=at)  # fmt: skip
    with open_live(folder) as con:
        append_stories(con, folder.spool, story)
    publish(folder)
    for fmt in ("csv", "parquet"):
        write_dataset(folder, tmp_path / fmt, asked(fmt=fmt))
        found = duckdb.sql(f"SELECT epoch(modified_at) FROM '{tmp_path}/{fmt}/data/articles.{fmt}'")
        assert found.fetchall() == [(at.replace(microsecond=0).timestamp(),)]
