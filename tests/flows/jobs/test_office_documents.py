"""PDF, DOCX and EPUB files in the warehouse, in the archive, and read again from there."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from flows.archive.reader import read_captures
from flows.errors import ArchiveError
from flows.inputs.office_documents import read_document
from flows.jobs import reprocess
from flows.jobs.rebuild import rebuild
from flows.jobs.reprocess import ReprocessRequest, reprocess_articles
from flows.runs.batches import run_batches
from flows.runs.items import Item
from flows.runs.run import begin_run
from flows.settings import Settings
from tests.helpers.office_files import (
    BYLINE,
    PARAGRAPHS,
    TITLE,
    Text,
    article_pdf,
    docx,
    epub,
    pdf,
)
from tests.helpers.warehouses import contents
from transforms.identity import document_id
from transforms.pipeline import VERSIONS
from transforms.records import Document
from warehouse.connect import open_live

pytestmark = pytest.mark.usefixtures("unpublished")

STATEMENTS = "SELECT speaker, statement, kind FROM said WHERE url = ? ORDER BY ALL"
MASTHEAD = [Text(50, 815, "The Harbour Times"), Text(400, 815, "Tuesday 5 March 2024")]
FILES = {
    "ferry.pdf": article_pdf(columns=2, indent=2, gap=0.0, above=MASTHEAD),
    "ferry.docx": docx(),
    "ferry.epub": epub(metadata="<dc:date>2024-03-05</dc:date>"),
    "locked.pdf": pdf([Text(50, 700, TITLE)], encrypted=True),
}


def address(name):
    return f"https://harbour-times.example/{name}"


def documents(folder):
    """Yield an item for each file, and one for the same article as plain text."""
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
        document = read_document(folder / name, now=datetime.now(UTC))
        # The address makes each of them an article of its own.
        key = document_id(address(name), content)
        yield Item(name, replace(document, document_id=key, url=address(name)))
    content = "\n".join((TITLE, BYLINE, *PARAGRAPHS)).encode()
    text = Document(
        document_id=document_id(address("ferry.txt"), content),
        content=content,
        media_type="text",
        fetched_at=datetime.now(UTC),
        url=address("ferry.txt"),
    )
    yield Item("ferry.txt", text)


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """Return the settings of a warehouse into which the files are loaded."""
    folder = tmp_path_factory.mktemp("files")
    settings = Settings(data=folder / "data", workers=1)
    run = begin_run("load", settings, None, parameters={}, now=datetime.now(UTC))
    report = run_batches(run, documents(folder))
    assert (report.count.appended, report.count.rejected) == (4, 1)
    return settings


def ask(settings, sql, *parameters):
    with open_live(settings.folder) as con:
        return con.execute(sql, parameters).fetchall()


@pytest.mark.parametrize(
    ("name", "published"),
    [
        pytest.param("ferry.pdf", (date(2024, 3, 5), "text", 0.9), id="pdf"),
        pytest.param("ferry.docx", (None, None, None), id="docx"),
        pytest.param("ferry.epub", (date(2024, 3, 5), "meta", 1.0), id="epub"),
    ],
)
def test_file_gives_the_statements_of_the_same_text(settings, name, published):
    kind = name[-4:].strip(".")
    statements = ask(settings, STATEMENTS, address("ferry.txt"))
    assert len(statements) == 5
    assert ask(settings, STATEMENTS, address(name)) == statements
    facts = "SELECT title, authors, extractor, flags FROM articles WHERE url = ?"
    expected = (TITLE, ["Greta Lindqvist"], kind, [f"from_{kind}"])
    assert ask(settings, facts, address(name)) == [expected]
    dated = "SELECT published_on, published_from, published_confidence FROM articles WHERE url = ?"
    assert ask(settings, dated, address(name)) == [published]
    size = "SELECT media_type, bytes FROM documents WHERE path = ?"
    assert ask(settings, size, name) == [(kind, len(FILES[name]))]


def test_archive_keeps_the_files_themselves(settings):
    [archive] = settings.folder.archive.glob("*.warc.gz")
    found = [one for one in read_captures(archive) if not isinstance(one, ArchiveError)]
    assert {record.type for record, _ in found} == {"resource"}
    kept = {capture.notes["path"]: capture for _, capture in found}
    assert {name: kept[name].body for name in FILES} == FILES
    assert kept["ferry.pdf"].media_type == "application/pdf"


def test_files_are_read_again_from_the_archive(settings, tmp_path, monkeypatch):
    shutil.copytree(settings.folder.root, tmp_path / "data")
    copy = Settings(data=tmp_path / "data", workers=1)
    monkeypatch.setattr(reprocess, "VERSIONS", VERSIONS | {"clean": VERSIONS["clean"] + 1})
    report = reprocess_articles(copy, ReprocessRequest())
    assert (report.count.appended, report.count.rejected) == (4, 0)
    assert ask(copy, "SELECT count(*) FROM articles") == [(4,)]  # nothing has changed
    assert contents(copy.folder, ("said",)) == contents(settings.folder, ("said",))


def test_warehouse_is_rebuilt_from_the_archived_files(settings, tmp_path):
    rebuild(settings, tmp_path / "new")
    tables = ("articles", "documents", "quotations", "mentions")
    new = Settings(data=tmp_path / "new")
    assert contents(new.folder, tables) == contents(settings.folder, tables)


def test_unreadable_file_is_refused_with_what_to_do(settings):
    assert ask(settings, "SELECT stage, reason, detail FROM rejections") == [
        ("read", "encrypted", "has a password: save it without one")
    ]
