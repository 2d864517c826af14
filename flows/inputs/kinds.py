"""The kind of a file, recognised by its content.

The ending of the name decides only where the content does not: whether text in a folder is
prose or a program, and whether a few lines with commas are a table.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flows.archive.parts import web_archive_kind
from flows.errors import InputError
from flows.inputs.json_records import parse
from flows.inputs.office_documents import document_kind
from flows.inputs.streams import MAX_RECORD_BYTES, open_stream, read_head, readable
from flows.inputs.tables import TableShape, find_shape
from transforms.charsets import decode
from transforms.importing.fields import FieldNames
from transforms.importing.nexis import is_nexis

_PAGE_ENDINGS: Final = (".html", ".htm", ".xhtml", ".shtml")
_TEXT_ENDINGS: Final = (".txt", ".text", ".md", "")
_TABLE_ENDINGS: Final = (".csv", ".tsv", ".tab")
_JSON_ENDINGS: Final = (".json", ".jsonl", ".ndjson")
_LINES_ENDINGS: Final = (".jsonl", ".ndjson")
_INPUT_ENDINGS: Final = (*_PAGE_ENDINGS, *_TABLE_ENDINGS, *_JSON_ENDINGS, ".txt", ".text", ".md")
_PACKED_ENDINGS: Final = (".gz", ".bz2", ".xz", ".zst")
_FEED_ROOTS: Final = frozenset({"rss", "rdf:rdf", "feed", "urlset", "sitemapindex", "channel"})
_RECORD_ROOTS: Final = frozenset({"doc", "tei", "teicorpus"})
_PAGE_ROOTS: Final = frozenset({"html", "head", "body", "article"})
# Atomic, because a run of comments could be divided in exponentially many ways.
_ROOT = re.compile(
    r"\s*+(?>(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>)\s*)*+<([a-z][\w:-]*)",
    re.IGNORECASE | re.DOTALL,
)
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_JSON_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]])")
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SHEETS: Final = {
    "xl/workbook.xml": "XLSX", "xl/workbook.bin": "XLSB",
}  # fmt: skip
_ODS: Final = b"application/vnd.oasis.opendocument.spreadsheet"


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind of a file.

    Attributes:
        name: How it is read: `page`, `text`, `document`, `web_archive`, `json_lines`, `json`, `table`, `sheet`, `xml`,
            `nexis`, `addresses`, `feed`, or `other` for what is not read.
        label: The kind for people ("CSV"); for `other`, why it is not read.
        shape: How a table is written.
    """

    name: str
    label: str
    shape: TableShape | None = None


def recognise(path: Path, names: FieldNames) -> Kind:
    """Return the kind of a file.

    Raises:
        InputError: The file cannot be read, or is empty.
    """
    ending = ending_of(path)
    with path.open("rb") as file:
        start = file.read(len(_OLD_OFFICE))
    if (archive := web_archive_kind(path)) is not None:
        return Kind("web_archive", archive)
    if (document := document_kind(path)) is not None:
        return Kind("document", document.upper())
    if start.startswith(b"PK\x03\x04"):
        return _of_zip(path, ending)
    if start == _OLD_OFFICE:
        return Kind("sheet", "XLS") if ending == ".xls" else _other(ending)
    head = read_head(path)
    if not head.strip():
        raise InputError(readable(path), "empty", "is empty: save it again")
    if is_binary(head):
        if ending in _INPUT_ENDINGS:
            raise InputError(readable(path), "binary", "is not text: save it again as text or HTML")
        return _other(ending)
    return _of_text(path, head, ending, names)


def ending_of(path: Path) -> str:
    """Return the ending of a name in lower case, without that of a compression.

    >>> ending_of(Path("news/March.JSONL.gz")), ending_of(Path("news/README"))
    ('.jsonl', '')
    """
    inner = Path(path.stem) if path.suffix.lower() in _PACKED_ENDINGS else path
    return inner.suffix.lower()


def is_prose(path: Path) -> bool:
    """Whether a text file in a folder may be an article, by its name."""
    return ending_of(path) in _TEXT_ENDINGS


def _other(ending: str) -> Kind:
    return Kind("other", f"{ending or 'without an ending'}: not supported")


def _of_zip(path: Path, ending: str) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            members = set(archive.namelist())
            label = next((kind for name, kind in _SHEETS.items() if name in members), None)
            if (
                label is None
                and "mimetype" in members
                and archive.read("mimetype").startswith(_ODS)
            ):
                label = "ODS"
    except (zipfile.BadZipFile, OSError, KeyError, NotImplementedError, RuntimeError) as exc:
        raise InputError(readable(path), "unreadable", f"is a damaged zip file: {exc}") from exc
    if label is not None:
        return Kind("sheet", label)
    if ending == ".zip":
        return Kind("other", ".zip: unpack it and load the folder")
    return _other(ending)


def _of_text(path: Path, head: bytes, ending: str, names: FieldNames) -> Kind:
    if looks_like_html(head):
        return Kind("page", "HTML")
    text = decode(head).text
    if (root := _ROOT.match(text)) and (
        kind := _of_root(
            root[1].lower(), is_xml=ending == ".xml" or text.lstrip().startswith("<?xml")
        )
    ):
        return kind
    if _JSON_START.match(head) or ending in _JSON_ENDINGS:
        return _of_json(path, head, ending)
    lines = [line.strip() for line in text.splitlines()[:200]]
    told = [line for line in lines if line and not line.startswith("#")]
    complete = told if len(head) < len(text.encode()) or len(told) < 2 else told[:-1]
    if complete and all(_ADDRESS.fullmatch(line) for line in complete):
        return Kind("addresses", "addresses")
    is_headed = len(complete) > 1 and all(_ADDRESS.fullmatch(line) for line in complete[1:])
    if is_nexis(text):
        return Kind("nexis", "Nexis documents")
    shape = find_shape(head, names, is_named=is_headed or ending in _TABLE_ENDINGS)
    if shape is not None:
        return Kind("table", shape.label, shape)
    if ending in _TABLE_ENDINGS:
        problem = "is no table: no delimiter gives its rows the same number of fields"
        raise InputError(readable(path), "bad_table", problem)
    return Kind("page", "HTML") if ending in _PAGE_ENDINGS else Kind("text", "text")


def _of_root(root: str, *, is_xml: bool) -> Kind | None:
    """Return the kind of a text that begins with a tag; None if it may be a piece of a page."""
    if root in _PAGE_ROOTS:
        return Kind("page", "HTML")
    if root in _RECORD_ROOTS:
        return Kind("xml", "XML" if root == "doc" else "XML-TEI")
    if root in _FEED_ROOTS:
        return Kind("feed", "feed")
    if root == "opml":
        return Kind("other", "OPML: a feed list; add it with onrecord import")
    return Kind("other", f"XML: <{root}> is not supported") if is_xml else None


def _of_json(path: Path, head: bytes, ending: str) -> Kind:
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        return Kind("json", "JSON")
    if ending in _LINES_ENDINGS:
        return Kind("json_lines", "JSON Lines")
    with open_stream(path) as stream:
        lines = [stream.readline(MAX_RECORD_BYTES) for _ in range(2)]
    is_many = bool(lines[1].strip()) and (_is_object(lines[0]) or _is_object(lines[1]))
    return Kind("json_lines", "JSON Lines") if is_many else Kind("json", "JSON")


def _is_object(line: bytes) -> bool:
    if len(line) == MAX_RECORD_BYTES:  # only the start of a line
        return False
    try:
        return isinstance(parse(line.lstrip(b"\xef\xbb\xbf")), dict)
    except ValueError:
        return False


def is_binary(content: bytes) -> bool:
    """Whether `content` is a PDF, or has NUL bytes without being UTF-16 or UTF-32."""
    head = content[:8192]
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff", b"%PDF-")):
        return head.startswith(b"%PDF-")
    nuls = head.count(0)
    return nuls > 0 and not _is_utf16(head)


def _is_utf16(head: bytes) -> bool:
    """Whether every other byte is mostly NUL, as in Latin UTF-16 without a BOM."""
    even, odd = head[::2], head[1::2]
    return max(even.count(0), odd.count(0)) > 0.7 * len(odd)


def looks_like_html(content: bytes) -> bool:
    """Whether `content` begins like an HTML page."""
    start = content[:1024].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<article"))
