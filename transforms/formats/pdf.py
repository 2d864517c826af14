"""The prose of a PDF file.

Of its properties only the title and the author are used, and only if the text confirms
them: programs fill them with file names and log-in names. `CreationDate` is when the file
was made, often years after the article, so it is not taken for the day of publication.
"""

from __future__ import annotations

import contextlib
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from transforms.formats.pdf_columns import read_columns
from transforms.formats.pdf_furniture import is_printed, masthead, without_furniture
from transforms.formats.pdf_initials import with_initials
from transforms.formats.pdf_lines import Line, read_lines
from transforms.formats.pdf_paragraphs import Paragraph, read_paragraphs
from transforms.formats.reading import Reading, UnreadableFileError

if TYPE_CHECKING:  # an extra
    from pypdfium2 import PdfDocument

MAX_PAGES: Final = 200
MAX_LETTERS: Final = 300_000  # a broadsheet page has 30,000; about three seconds
_MIN_LETTERS: Final = 20  # per page, of a text that was not scanned
_MAX_STRANGE: Final = 0.2  # share of characters that are no text
_HEADLINE: Final = 1.15  # times the size of most letters
_HEADLINE_CHARS: Final = 300
_OPENING: Final = 4  # paragraphs among which headline and byline are
_PROTECTED: Final = frozenset({4, 5})  # FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY


def read_pdf(content: bytes) -> Reading:
    """Return the prose of a PDF file, its headline and its authors.

    Raises:
        UnreadableFileError: It is damaged, encrypted, scanned or too large.
    """
    import pypdfium2  # noqa: PLC0415  # an extra

    try:
        with contextlib.closing(pypdfium2.PdfDocument(content)) as document:
            pages, heights = _pages(document)
            properties = document.get_metadata_dict()
    except pypdfium2.PdfiumError as exc:
        if exc.err_code in _PROTECTED:
            raise UnreadableFileError("encrypted", "has a password: save it without one") from exc
        problem = str(exc).rstrip(".")
        detail = f"cannot be opened: {problem}: save it again"
        raise UnreadableFileError("damaged", detail) from exc
    text, edges = _split_edges(pages, heights)
    paragraphs = read_paragraphs([column for lines in text for column in read_columns(lines)])
    _check_text(paragraphs)
    title, rest = _split_headline(paragraphs, properties.get("Title") or "")
    opening = _folded(" ".join(rest[:_OPENING]))
    author = " ".join((properties.get("Author") or "").split())
    return Reading(
        paragraphs=(title, *rest) if title else tuple(rest),
        title=title,
        authors=(author,) if " " in author and _folded(author) in opening else (),
        edges=tuple(edges),
        reader=f"pypdfium2.{pypdfium2.version.PYPDFIUM_INFO}",
    )


def _pages(document: PdfDocument) -> tuple[list[list[Line]], list[float]]:
    """Return the lines and the height of each page."""
    if len(document) > MAX_PAGES:
        detail = f"has {len(document):,} pages, more than {MAX_PAGES}: save the article alone"
        raise UnreadableFileError("too_large", detail)
    pages: list[list[Line]] = []
    heights: list[float] = []
    letters = 0
    for number in range(len(document)):
        page = document[number]
        textpage = page.get_textpage()
        letters += textpage.count_chars()
        if letters > MAX_LETTERS:
            detail = f"has more than {MAX_LETTERS:,} letters: save the article alone"
            raise UnreadableFileError("too_large", detail)
        pages.append(with_initials(read_lines(textpage, number)))
        heights.append(page.get_height())
    if letters < _MIN_LETTERS * len(pages) or not any(pages):
        detail = "is scanned, without text: run OCR over it first"
        raise UnreadableFileError("scanned", detail)
    return pages, heights


def _split_edges(
    pages: list[list[Line]], heights: list[float]
) -> tuple[list[list[Line]], list[str]]:
    """Return the pages without what is not text, and what the edges of the first one show."""
    text = without_furniture(pages, heights)
    above = {id(line) for line in masthead(text[0], heights[0])}
    text[0] = [line for line in text[0] if id(line) not in above]
    kept = {id(line) for line in text[0]}
    edges = [line for line in pages[0] if id(line) not in kept and not is_printed(line)]
    return text, [line.text for line in edges]


def _check_text(paragraphs: Sequence[Paragraph]) -> None:
    """Raise UnreadableFileError if the fonts do not tell the letters."""
    text = "".join(paragraph.text for paragraph in paragraphs)
    strange = sum(
        character == "\ufffd" or unicodedata.category(character) in {"Co", "Cn", "Cc"}
        for character in text
    )
    if not text or strange > _MAX_STRANGE * len(text):
        detail = "its fonts do not tell which letters they show: run OCR over it first"
        raise UnreadableFileError("unreadable_text", detail)


def _split_headline(paragraphs: Sequence[Paragraph], stated: str) -> tuple[str | None, list[str]]:
    """Return the headline and the paragraphs after it.

    The headline has the largest letters of the first page. If all letters are alike, it is
    the stated title, if the text begins with it.
    """
    texts = [paragraph.text for paragraph in paragraphs]
    first_page = [paragraph for paragraph in paragraphs if paragraph.page == 0]
    largest = max(first_page, key=lambda paragraph: paragraph.size, default=None)
    if (
        largest is not None
        and largest.size >= _HEADLINE * _usual_size(paragraphs)
        and len(largest.text) <= _HEADLINE_CHARS
    ):
        at = paragraphs.index(largest)
        return largest.text, texts[:at] + texts[at + 1 :]
    for at, text in enumerate(texts[:_OPENING]):
        if _folded(text) == _folded(stated):
            return text, texts[at + 1 :]
    return None, texts


def _usual_size(paragraphs: Sequence[Paragraph]) -> float:
    sizes: dict[float, int] = {}
    for paragraph in paragraphs:
        size = round(paragraph.size, 1)
        sizes[size] = sizes.get(size, 0) + len(paragraph.text)
    return max(sizes, key=lambda size: sizes[size], default=1.0)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
