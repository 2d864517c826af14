"""The lines of a PDF page, with where they stand.

A PDF has characters at places and no lines, columns or paragraphs. PDFium gives the
characters in the order in which the page draws them. Characters that follow one another
on the same height make a line; a wide gap or a jump back starts another.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from ctypes import byref, c_double, c_int, create_string_buffer
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # the pipeline starts without PDFium
    from pypdfium2 import PdfTextPage
    from pypdfium2.raw import FS_MATRIX

# A wider gap than this many letter heights is between two columns, not between two words: a
# justified line in a narrow column has gaps of up to about one height.
_COLUMN_GAP: Final = 1.6
_SHIFT: Final = 0.5  # letter heights that a line may rise or fall, as for a raised figure
_OVERLAP: Final = 0.1
INITIAL: Final = 1.8  # how many times larger a large first letter is than the text
_LIGATURES: Final = {
    code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)
}
_BOLD_NAMES: Final = ("bold", "black", "heavy", "semibold")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of text; lengths are in points, heights are above the foot of the page.

    Attributes:
        page: Number of its page, from 0.
        text: Its text without the spaces at its ends; ligatures are resolved.
        baseline: The height on which its letters stand.
        size: The size of its letters.
        is_bold: Whether its first and last letter are bold.
        first_word: Width of its first word.
    """

    page: int
    text: str
    left: float
    right: float
    baseline: float
    size: float
    is_bold: bool = False
    first_word: float = 0.0

    @property
    def top(self) -> float:
        """The height of its upper edge."""
        return self.baseline + self.size


@dataclass(frozen=True, slots=True)
class _Letter:
    at: int
    text: str
    left: float
    right: float
    baseline: float
    size: float


def read_lines(textpage: PdfTextPage, page: int) -> list[Line]:
    """Return the lines of a page in the order in which it draws them.

    A turned page is read as it is shown. Text that is shown sideways is left out: it is a
    credit at the edge of a picture.

    Args:
        textpage: The page's text, as PDFium gives it.
        page: Number of the page, from 0.
    """
    lines: list[Line] = []
    letters: list[_Letter] = []
    for letter in _letters(textpage):
        if letters and not _continues(letters[-1], letter):
            lines += _line(textpage, letters, page)
            letters = []
        letters.append(letter)
    return lines + _line(textpage, letters, page)


def _letters(textpage: PdfTextPage) -> Iterator[_Letter]:
    """Yield the characters with a place; spaces between words among them."""
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    width, height = textpage.page.get_size()
    view = _View(width, height, textpage.page.get_rotation())
    box, matrix, x, y = pdfium.FS_RECTF(), pdfium.FS_MATRIX(), c_double(), c_double()
    size = 1.0
    for at in range(textpage.count_chars()):
        code = pdfium.FPDFText_GetUnicode(textpage, at)
        text = _LIGATURES.get(code) or chr(code)
        if text in "\r\n" or code == 0:
            continue
        if not pdfium.FPDFText_GetLooseCharBox(textpage, at, byref(box)):
            continue
        pdfium.FPDFText_GetCharOrigin(textpage, at, byref(x), byref(y))
        if not text.isspace():  # PDFium adds spaces, which have no size
            pdfium.FPDFText_GetMatrix(textpage, at, byref(matrix))
            if not view.is_level(matrix.a, matrix.b):
                continue
            size = _height(matrix) * pdfium.FPDFText_GetFontSize(textpage, at) or 1.0
        ends = view.place(box.left, box.bottom)[0], view.place(box.right, box.top)[0]
        yield _Letter(at, text, min(ends), max(ends), view.place(x.value, y.value)[1], size)


def _height(matrix: FS_MATRIX) -> float:
    """Return how many times higher letters are shown than their font says."""
    width = math.hypot(matrix.a, matrix.b)
    return abs(matrix.a * matrix.d - matrix.b * matrix.c) / width if width else 0.0


@dataclass(frozen=True, slots=True)
class _View:
    """A page as it is shown, with its width and height; `turned` is in degrees, clockwise."""

    width: float
    height: float
    turned: int

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the page is shown."""
        if self.turned == 90:
            return y, self.height - x
        if self.turned == 180:
            return self.width - x, self.height - y
        return (self.width - y, x) if self.turned == 270 else (x, y)

    def is_level(self, a: float, b: float) -> bool:
        """Whether text that runs in the direction (a, b) is shown from left to right."""
        along, across = (b, a) if self.turned in {90, 270} else (a, b)
        return (-along if self.turned in {180, 270} else along) >= abs(across)


def _continues(last: _Letter, letter: _Letter) -> bool:
    """Whether a letter belongs to the line of the one before it."""
    size = max(last.size, letter.size)
    is_initial = last.size > INITIAL * letter.size  # it has a baseline of its own
    if is_initial or abs(letter.baseline - last.baseline) > _SHIFT * size:
        return False
    is_ligature = letter.left >= last.left - _OVERLAP * size  # its letters share one place
    gap = letter.left - last.right
    return gap <= _COLUMN_GAP * size and (gap >= -size or is_ligature)


def _line(textpage: PdfTextPage, letters: list[_Letter], page: int) -> list[Line]:
    """Return the line of some letters, or none if they are all spaces."""
    inked = [at for at, letter in enumerate(letters) if not letter.text.isspace()]
    if not inked:
        return []
    letters = letters[inked[0] : inked[-1] + 1]
    end = next((at for at, letter in enumerate(letters) if letter.text.isspace()), len(letters))
    return [
        Line(
            page=page,
            text="".join(letter.text for letter in letters),
            left=min(letter.left for letter in letters),
            right=max(letter.right for letter in letters),
            baseline=median(letter.baseline for letter in letters),
            size=median(letter.size for letter in letters),
            is_bold=all(_is_bold(textpage, letters[at].at) for at in (0, -1)),
            first_word=letters[end - 1].right - letters[0].left,
        )
    ]


def _is_bold(textpage: PdfTextPage, at: int) -> bool:
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    name = create_string_buffer(100)
    flags = c_int()
    pdfium.FPDFText_GetFontInfo(textpage, at, name, len(name), byref(flags))
    written = name.value.decode("utf-8", "replace").lower()
    return any(word in written for word in _BOLD_NAMES)
