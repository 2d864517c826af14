"""DOCX and EPUB become paragraphs of prose; hostile files do no harm."""

import io
from datetime import date

import pytest

from tests.helpers.office_files import (
    BYLINE,
    PARAGRAPHS,
    TITLE,
    article_pdf,
    docx,
    epub,
    packed,
)
from transforms.formats.docx import read_docx
from transforms.formats.epub import read_epub
from transforms.formats.kinds import kind_of, read_file
from transforms.formats.packages import MAX_MEMBER_BYTES, MAX_MEMBERS
from transforms.formats.reading import UnreadableFileError

ENTITIES = '<!DOCTYPE x [<!ENTITY a "rain"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        pytest.param(article_pdf(), "pdf", id="pdf"),
        pytest.param(b"\n\n" + article_pdf(), "pdf", id="pdf-after-blank-lines"),
        pytest.param(docx(), "docx", id="docx"),
        pytest.param(epub(), "epub", id="epub"),
        pytest.param(packed(("xl/workbook.xml", "")), None, id="spreadsheet"),
        pytest.param(docx()[:-40], None, id="cut"),
        pytest.param(b"Rain fell on Aren.", None, id="text"),
        pytest.param(b"A file begins with %PDF-1.7 if it is a PDF.", None, id="text-about-pdf"),
        pytest.param(b"", None, id="empty"),
        pytest.param(packed(*((f"m{n}", "") for n in range(MAX_MEMBERS + 1))), None, id="many"),
    ],
)
def test_kind_is_told_from_the_content(content, kind):
    assert kind_of(io.BytesIO(content)) == kind


def test_docx_becomes_its_paragraphs():
    reading = read_docx(docx(title="Document1", author="user01"))
    assert reading.paragraphs == (TITLE, BYLINE, *PARAGRAPHS)
    assert (reading.title, reading.authors, reading.published_on) == (None, (), None)


def test_heading_of_a_docx_is_the_headline():
    style = '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Rain</w:t></w:r></w:p>'
    styles = (
        '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style></w:styles>'
    )
    more = [("word/styles.xml", styles)]
    body = (
        f"<w:p><w:r><w:t>Weather</w:t></w:r></w:p>{style}<w:p><w:r><w:t>It fell.</w:t></w:r></w:p>"
    )
    reading = read_docx(docx(body, more=more))
    assert (reading.title, reading.paragraphs) == ("Rain", ("Rain", "It fell."))


def test_insertions_are_text_and_deletions_are_not():
    body = (
        "<w:p><w:r><w:t>The mayor </w:t></w:r><w:ins><w:r><w:t>left.</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>stayed.</w:delText></w:r></w:del></w:p>"
    )
    assert read_docx(docx(body)).paragraphs == ("The mayor left.",)


def test_epub_is_read_in_the_order_of_its_spine():
    pages = ["<h1>Two</h1><p>It fell.</p>", "<h1>One</h1><p>Rain.<br/>Wind.</p>"]
    assert read_epub(epub(pages, spine=[1, 0])).paragraphs == (
        *("One", "Rain.", "Wind."),
        *("Two", "It fell."),
    )


def test_epub_states_author_day_language_and_publisher():
    metadata = (
        "<dc:title>Rain</dc:title><dc:creator>Anna Weaver</dc:creator>"
        '<dc:creator opf:role="ill">Ben Painter</dc:creator>'
        '<dc:date opf:event="modification">2026-01-01</dc:date><dc:date>2024-03-05T06:00:00Z</dc:date>'
        "<dc:language>en</dc:language><dc:publisher>The Harbour Times</dc:publisher>"
    )
    reading = read_epub(epub(["<p>It fell.</p>"], metadata=metadata))
    assert (reading.title, reading.authors) == ("Rain", ("Anna Weaver",))
    assert (reading.published_on, reading.language) == (date(2024, 3, 5), "en")
    assert reading.publisher == "The Harbour Times"


@pytest.mark.parametrize("stated", ["2024", "0101-01-01", "soon", ""])
def test_date_of_an_epub_without_a_day_is_not_used(stated):
    assert read_epub(epub(metadata=f"<dc:date>{stated}</dc:date>")).published_on is None


def test_title_page_and_contents_are_left_out():
    pages = [
        '<div epub:type="titlepage"><p>Rain</p></div>',
        "<p>It fell.</p>",
        '<nav id="toc">One</nav>',
    ]
    assert read_epub(epub(pages)).paragraphs == ("It fell.",)


def test_entities_of_a_page_are_not_resolved():
    page = f"{ENTITIES}<p>&b; fell &amp; it&nbsp;froze.</p>"
    assert "rainrain" not in "".join(read_epub(epub([page])).paragraphs)


BIG = "a" * (MAX_MEMBER_BYTES + 1)


@pytest.mark.parametrize(
    ("content", "kind", "reason"),
    [
        pytest.param(docx(f"<w:p><w:r><w:t>{BIG}</w:t></w:r></w:p>"), "docx", "too_large", id="docx-bomb"),
        pytest.param(packed(("word/document.xml", ENTITIES)), "docx", "damaged", id="docx-entities"),
        pytest.param(
            packed(("word/document.xml", ENTITIES.encode("utf-16"))), "docx", "damaged", id="docx-entities-in-utf-16"
        ),
        pytest.param(docx("<w:p>"), "docx", "damaged", id="docx-broken-xml"),
        pytest.param(docx(""), "docx", "scanned", id="docx-without-text"),
        pytest.param(docx(more=[(f"word/{n}.xml", " " * 9_000_000) for n in range(3)]), "docx", "too_large", id="docx-many-parts"),
        pytest.param(epub([BIG]), "epub", "too_large", id="epub-bomb"),
        pytest.param(epub(["a " * 100_000], spine=[0] * 200), "epub", "too_large", id="epub-repeats-a-page"),
        pytest.param(epub(metadata="</x>"), "epub", "damaged", id="epub-broken-xml"),
        pytest.param(epub([""]), "epub", "scanned", id="epub-without-text"),
        pytest.param(epub(more=[("META-INF/rights.xml", "<x/>")]), "epub", "encrypted", id="epub-protected"),
        pytest.param(packed(("META-INF/container.xml", "<x/>")), "epub", "damaged", id="epub-without-list"),
    ],
)  # fmt: skip
def test_hostile_or_broken_file_is_refused_with_a_reason(content, kind, reason):
    with pytest.raises(UnreadableFileError) as caught:
        read_file(content, kind)
    assert caught.value.reason == reason


def test_member_outside_the_package_is_never_opened():
    listed = '<item id="p0" href="../../../etc/passwd" media-type="application/xhtml+xml"/>'
    with pytest.raises(UnreadableFileError) as caught:
        read_file(epub(items=listed), "epub")
    assert caught.value.reason == "damaged"


def test_zip_with_a_password_is_refused():
    content = bytearray(docx())
    content[6] |= 1  # the flag of the first member, also in the list of members
    content[content.rfind(b"PK\x01\x02", 0, content.rfind(b"docProps/core.xml")) + 8] |= 1
    with pytest.raises(UnreadableFileError, match="password"):
        read_file(bytes(content), "docx")


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_missing_library_is_named_with_what_to_do(monkeypatch, kind):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(UnreadableFileError, match=r"pip install 'onrecord\[documents\]'") as caught:
        read_file(b"", kind)
    assert caught.value.reason == "missing_extra"
