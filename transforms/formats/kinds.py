"""Which kind of file some bytes are, and the reader of each kind."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import BinaryIO, Final

from transforms.formats.docx import read_docx
from transforms.formats.epub import read_epub
from transforms.formats.packages import open_package
from transforms.formats.pdf import read_pdf
from transforms.formats.reading import Reading, UnreadableFileError

_HEAD_BYTES: Final = 1024
_BEFORE_MARK: Final = b"\xef\xbb\xbf\x00 \t\r\n"  # what careless programs write before "%PDF-"
_READERS: Final[dict[str, Callable[[bytes], Reading]]] = {
    "pdf": read_pdf,
    "docx": read_docx,
    "epub": read_epub,
}
_LIBRARIES: Final = {"pdf": "pypdfium2", "docx": "mammoth"}
KINDS: Final = frozenset(_READERS)


def kind_of(stream: BinaryIO) -> str | None:
    """Return `pdf`, `docx` or `epub`, or None for any other file.

    Args:
        stream: The file, at any position.
    """
    stream.seek(0)
    head = stream.read(_HEAD_BYTES)
    if head.lstrip(_BEFORE_MARK).startswith(b"%PDF-"):
        return "pdf"
    if not head.startswith(b"PK\x03\x04"):
        return None
    try:
        names = set(open_package(stream).namelist())
    except UnreadableFileError:
        return None
    if "word/document.xml" in names:
        return "docx"
    return "epub" if "META-INF/container.xml" in names else None


def read_file(content: bytes, kind: str) -> Reading:
    """Return the prose of a file and what it states about it.

    Args:
        content: The file.
        kind: `pdf`, `docx` or `epub`.

    Raises:
        UnreadableFileError: It cannot be read, or its library is not installed.
    """
    if not is_readable(kind):
        raise UnreadableFileError("missing_extra", needed_extra(kind))
    return _READERS[kind](content)


def is_readable(kind: str) -> bool:
    """Whether the library that reads files of a kind is installed."""
    return kind not in _LIBRARIES or importlib.util.find_spec(_LIBRARIES[kind]) is not None


def needed_extra(kind: str) -> str:
    """Return what a user has to do to read files of a kind whose library is missing."""
    return f"needs {_LIBRARIES[kind]}: run pip install 'onrecord[documents]'"
