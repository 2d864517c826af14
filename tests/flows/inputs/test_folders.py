"""Folders: what is taken, what is passed over and why, and that both are counted."""

import shutil

import orjson
import pytest

from flows.inputs.files import read_inputs
from flows.inputs.intake import Intake
from flows.jobs.load import load_files, survey_files
from flows.settings import Settings
from tests.helpers.office_files import article_pdf
from tests.helpers.other_user import as_other_user, open_folder
from tests.helpers.tool_records import NEWS_PLEASE, PARAGRAPHS, TITLE, URL, as_csv
from tests.helpers.warehouses import query
from transforms.records import Document, Rejection

pytestmark = pytest.mark.usefixtures("unpublished")


def read(path, now):
    intake = Intake()
    return list(read_inputs([path], now=now, intake=intake)), intake.lines()


def lines_of(path, now):
    return read(path, now)[1]


@pytest.fixture
def folder(tmp_path):
    """Return a folder as a researcher has it."""
    folder = tmp_path / "material"
    (folder / "old").mkdir(parents=True)
    (folder / "a.json").write_bytes(orjson.dumps(NEWS_PLEASE))
    (folder / "b.txt").write_text(f"{TITLE}\n\n{PARAGRAPHS}\n")
    (folder / "c.csv").write_bytes(
        as_csv(["title", "text", "url"], [TITLE, PARAGRAPHS, f"{URL}-3"])
    )
    (folder / "d.pdf.tmp").write_bytes(b"\x00\x01\x02")
    (folder / "e.jpg").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF")
    (folder / "f.jpg").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF")
    (folder / "g.py").write_text("print('no article')\n")
    (folder / "h.csv").write_text("street,trees,benches\nQuay Road,12,4\n")
    (folder / ".DS_Store").write_bytes(b"\x00\x00\x00\x01Bud1")
    (folder / "old" / "page").write_text(f"<html><body><p>{PARAGRAPHS}</p></body></html>")
    return folder


FOUND = [
    "found: news-please JSON, 1 record; 1 text file; CSV, 1 record; 1 HTML page",
    "CSV: title from title, text from text, url from url",
    "skipped: 2 .jpg: not supported; 1 .py: not supported; 1 .tmp: not supported; 1 hidden",
]


def test_folder_says_what_it_took_and_what_it_skipped(folder, now):
    found, lines = read(folder, now)
    assert lines == FOUND
    assert [type(item.content) for item in found] == [
        Document,
        Document,
        Document,
        Rejection,
        Document,
    ]
    assert found[3].content.reason == "no_text_column"


def test_survey_and_load_agree(folder, tmp_path, now):
    survey = survey_files([folder], now=now)
    report = load_files([folder], Settings(data=tmp_path / "data", workers=1))
    assert survey.found == report.found == tuple(FOUND)
    read_errors = [one for one in report.rejections if one.stage == "read"]
    assert survey.documents == report.count.seen - len(read_errors)
    assert [one.item for one in survey.rejections] == [one.item for one in read_errors]
    assert query(Settings(data=tmp_path / "data"), "SELECT count(*) FROM articles") == [(4,)]


def test_link_back_to_a_folder_is_followed_once(folder, now):
    (folder / "old" / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "z").symlink_to(folder / "old", target_is_directory=True)
    found, lines = read(folder, now)
    assert len(found) == 5
    assert "2 linked to again (folder)" in lines[-1]


def test_link_to_another_folder_is_followed(tmp_path, now):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.txt").write_text(PARAGRAPHS)
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    [item], _ = read(tmp_path / "here", now)
    assert item.path.endswith("here/link/a.txt")


def test_broken_link_is_rejected(tmp_path, now):
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    [item], _ = read(tmp_path, now)
    assert item.content.reason == "not_a_file"


def test_folder_without_input_is_refused_and_says_what_is_in_it(tmp_path, now):
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF")
    [item], _ = read(tmp_path, now)
    assert item.content.reason == "no_articles"
    assert "2 .jpg: not supported" in item.content.detail


def test_folder_that_cannot_be_read_is_counted(folder, now):
    with open_folder() as copy:
        shutil.copytree(folder, copy, dirs_exist_ok=True)
        copy.chmod(0o755)
        (copy / "old").chmod(0)
        lines = as_other_user(lines_of, copy, now)
        (copy / "old").chmod(0o755)
    assert "1 unreadable (folder): Permission denied" in lines[-1]


def test_documents_in_a_folder_are_taken_if_their_library_is_there(tmp_path, now, monkeypatch):
    (tmp_path / "ferry.pdf").write_bytes(article_pdf())
    [item], lines = read(tmp_path, now)
    assert (item.content.media_type, item.content.flags) == ("pdf", ("from_pdf",))
    assert lines == ["found: 1 PDF file"]
    monkeypatch.setattr("flows.inputs.files.is_readable", lambda _: False)
    [refused], lines = read(tmp_path, now)
    assert refused.content.reason == "no_articles"
    assert "1 PDF needs pypdfium2" in lines[0]
