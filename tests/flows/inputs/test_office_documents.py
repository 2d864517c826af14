"""PDF, DOCX and EPUB files become documents that keep their bytes."""

import pytest

from flows.errors import InputError
from flows.inputs import office_documents
from flows.inputs.office_documents import document_kind, read_document
from tests.helpers.office_files import article_pdf, docx, epub, packed
from transforms.identity import document_id

FILES = {"pdf": article_pdf(), "docx": docx(), "epub": epub()}


@pytest.mark.parametrize("kind", FILES)
def test_document_keeps_the_bytes_whatever_the_name(tmp_path, now, kind):
    file = tmp_path / "article"
    file.write_bytes(FILES[kind])
    assert document_kind(file) == kind
    document = read_document(file, now=now)
    assert (document.content, document.media_type) == (FILES[kind], kind)
    assert document.flags == (f"from_{kind}",)
    assert document.document_id == document_id(None, FILES[kind])
    assert document.fetched_at == now


def test_other_files_have_no_kind(tmp_path, now):
    file = tmp_path / "table.docx"
    file.write_bytes(packed(("xl/workbook.xml", "")))
    assert document_kind(file) is None
    with pytest.raises(InputError, match="is no PDF, DOCX or EPUB"):
        read_document(file, now=now)


def test_large_file_is_refused_without_reading_it(tmp_path, now):
    file = tmp_path / "scan.pdf"
    with file.open("wb") as stream:
        stream.write(b"%PDF-1.7")
        stream.truncate(office_documents.MAX_BYTES + 1)
    with pytest.raises(InputError) as caught:
        read_document(file, now=now)
    assert (caught.value.item, caught.value.reason) == (str(file), "too_large")


def test_missing_file_is_named(tmp_path, now):
    file = tmp_path / "gone.pdf"
    for read in (lambda: document_kind(file), lambda: read_document(file, now=now)):
        with pytest.raises(InputError, match=r"gone\.pdf: cannot be read: No such file"):
            read()


def test_missing_library_is_named_with_what_to_do(tmp_path, now, monkeypatch):
    file = tmp_path / "ferry.pdf"
    file.write_bytes(FILES["pdf"])
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"pip install 'onrecord\[documents\]'") as caught:
        read_document(file, now=now)
    assert caught.value.reason == "missing_extra"
