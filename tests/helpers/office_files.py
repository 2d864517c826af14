"""PDF, DOCX and EPUB files, written byte by byte so that tests need no office programs.

The PDFs use Courier, whose letters are all 0.6 times as wide as they are high, so that lines
can be broken and placed without measuring them.
"""

import io
import textwrap
import zipfile
from dataclasses import dataclass
from xml.sax.saxutils import escape

TITLE = "Sandholm ferry to stop in winter"
BYLINE = "By Greta Lindqvist"
PARAGRAPHS = (
    (
        "SANDHOLM — The only ferry between Sandholm and the outer islands will stop running in "
        "November, the operator said on Tuesday, after councillors voted against a subsidy."
    ),
    (
        "“We have carried islanders through every storm for thirty-one years,” said Marit "
        "Oskarsdotter, the chief executive of Sandholm Lines. “The council knew the figures.”"
    ),
    (
        "Around four hundred people live on the outer islands all year, and most of them rely on "
        "the ferry for groceries, for appointments at the clinic and for the journey to school."
    ),
    (
        "Councillor Henrik Falk, who led the opposition to the subsidy, said the operator had "
        "failed to open its books."
    ),
    (
        "“A helicopter is not a substitute,” said Amara Osei, the only physician on the islands. "
        "“It flies in good weather, and people do not fall ill only in good weather.”"
    ),
    (
        "Mayor Ottilie Brandt said she would ask the council to consider a shorter timetable. “I "
        "will not be the mayor who turned the lights off on the islands,” she said."
    ),
)
WIDTH, HEIGHT = 595, 842  # A4, in points
_LETTER = 0.6
_LEADING = 1.3


@dataclass(frozen=True)
class Text:
    """One piece of text at a place, in points from the lower left corner."""

    x: float
    y: float
    text: str
    size: float = 10.0
    is_bold: bool = False
    is_sideways: bool = False


def pdf(*pages, title="", author="", encrypted=False, turned=0):
    """Return a PDF with some pieces of text on each page, which may be turned by 90 degrees."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{6 + 2 * n} 0 R' for n in range(len(pages)))}] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Courier-Bold /Encoding /WinAnsiEncoding >>",
        f"<< /Title ({title}) /Author ({author}) /CreationDate (D:20190102030405Z) >>",
    ]
    for number, page in enumerate(pages):
        drawn = f"0 1 -1 0 {WIDTH} 0 cm\n" if turned else ""
        drawn += "\n".join(map(_drawn, page))
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /Rotate {turned} /MediaBox [0 0 {WIDTH} {HEIGHT}] "
            f"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents {7 + 2 * number} 0 R >>"
        )
        objects.append(f"<< /Length {len(_bytes(drawn))} >>\nstream\n{drawn}\nendstream")
    lock = f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'00' * 32}> /U <{'11' * 32}> >> /ID [<aa> <aa>]"
    return _file(objects, f"/Root 1 0 R /Info 5 0 R {lock if encrypted else ''}")


def _file(objects, trailer):
    out, places = io.BytesIO(b"%PDF-1.4\n"), []
    out.seek(0, 2)
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, _bytes(content)))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for place in places:
        out.write(b"%010d 00000 n \n" % place)
    ending = f"trailer << /Size {len(objects) + 1} {trailer} >>\nstartxref\n{start}\n%%EOF\n"
    out.write(ending.encode())
    return out.getvalue()


def _drawn(piece):
    text = piece.text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    font = "F2" if piece.is_bold else "F1"
    turn = "0 1 -1 0" if piece.is_sideways else "1 0 0 1"
    return f"BT /{font} {piece.size} Tf {turn} {piece.x} {piece.y} Tm ({text}) Tj ET"


def _bytes(text):
    return text.encode("cp1252")


def article_pdf(paragraphs=PARAGRAPHS, *, columns=1, indent=0, gap=8.0, above=(), lines_a_page=100):
    """Return an article as a PDF: a headline, a byline, and the text in columns.

    Args:
        paragraphs: The text.
        columns: How many columns it is set in.
        indent: Letters by which first lines are indented.
        gap: Points between two paragraphs.
        above: Pieces of text on each page besides the article.
        lines_a_page: Lines in each column of a page.
    """
    letters = (WIDTH - 100) // 6 // columns - (3 if columns > 1 else 0)
    pages, page, column, row, y = [], [], 0, 0, 700.0
    page += [Text(50, 760, TITLE, 20.0, is_bold=True), Text(50, 730, BYLINE)]
    for paragraph in paragraphs:
        for number, line in enumerate(_lines(paragraph, letters, indent)):
            if row == lines_a_page:
                row, y, column = 0, 700.0, column + 1
                if column == columns:
                    pages.append(page)
                    page, column = [], 0
            shift = indent if number == 0 else 0
            page.append(Text(50 + 6 * (column * (letters + 3) + shift), y, line))
            row, y = row + 1, y - 10 * _LEADING
        y -= gap
    pages.append(page)
    return pdf(*([*above, *page] for page in pages))


def _lines(paragraph, letters, indent):
    first, *rest = textwrap.wrap(
        paragraph, letters, initial_indent=" " * indent, break_on_hyphens=False
    )
    return [first.strip(), *rest]


def docx(body=None, *, title="", author="", paragraphs=(TITLE, BYLINE, *PARAGRAPHS), more=()):
    """Return a DOCX; `body` is XML that replaces the paragraphs, `more` are other members."""
    if body is None:
        body = "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in paragraphs)
    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    dublin = 'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    core = f"<cp:coreProperties {dublin}><dc:title>{title}</dc:title><dc:creator>{author}</dc:creator></cp:coreProperties>"
    document = f"<w:document {names}><w:body>{body}</w:body></w:document>"
    return packed(("word/document.xml", document), ("docProps/core.xml", core), *more)


def epub(pages=None, *, metadata="", spine=None, items=None, more=()):
    """Return an EPUB; `pages` are XHTML bodies, `spine` the order of their numbers, `items` XML."""
    if pages is None:
        text = "".join(f"<p>{escape(one)}</p>" for one in (BYLINE, *PARAGRAPHS))
        pages = [f"<h1>{TITLE}</h1>{text}"]
    spine = range(len(pages)) if spine is None else spine
    items = items or "".join(
        f'<item id="p{n}" href="text/p%20{n}.xhtml" media-type="application/xhtml+xml"/>'
        for n in range(len(pages))
    )
    order = "".join(f'<itemref idref="p{n}"/>' for n in spine)
    names = 'xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf"'
    container = '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'
    book = f"<package {names}><metadata>{metadata}</metadata><manifest>{items}</manifest><spine>{order}</spine></package>"
    return packed(
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", container),
        ("OPS/book.opf", book),
        *(
            (f"OPS/text/p {n}.xhtml", f"<html><body>{page}</body></html>")
            for n, page in enumerate(pages)
        ),
        *more,
    )


def packed(*members):
    """Return a zip file with some members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members:
            package.writestr(name, content)
    return out.getvalue()
