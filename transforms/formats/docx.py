"""The prose of a DOCX file.

Its properties name whoever wrote the file first and when, which is often neither the
author nor the day of the article, so they are not used: the headline and the byline are
found in the text. Mammoth reads insertions that are not yet accepted as text and leaves
out deletions.
"""

from __future__ import annotations

import io
from typing import Any, Final
from zipfile import ZipFile

from transforms.formats.markup import HEADINGS, read_blocks
from transforms.formats.packages import MAX_TEXT_BYTES, open_package, read_member, refuse_entities
from transforms.formats.reading import Reading, UnreadableFileError

_STYLES: Final = "p[style-name='Title'] => h1:fresh"
_OPENING: Final = 3  # blocks among which the headline is: a kicker may stand above it


def read_docx(content: bytes) -> Reading:
    """Return the prose of a DOCX file.

    Raises:
        UnreadableFileError: It is damaged, encrypted, too large when unpacked, or without
            text.
    """
    import mammoth  # noqa: PLC0415  # an extra

    package = open_package(io.BytesIO(content))
    _check_parts(package)
    try:
        html = mammoth.convert_to_html(
            io.BytesIO(content),
            style_map=_STYLES,
            convert_image=mammoth.images.img_element(_no_source),
        ).value
    except Exception as exc:  # mammoth has no error of its own
        detail = f"cannot be opened: {type(exc).__name__}: {exc}: save it again"
        raise UnreadableFileError("damaged", detail) from exc
    blocks = read_blocks(html.encode())
    if not blocks:
        raise UnreadableFileError("scanned", "has no text: it may consist of pictures")
    title = next((text for name, text in blocks[:_OPENING] if name in HEADINGS), None)
    start = next((at for at, block in enumerate(blocks) if block[1] == title), 0)
    return Reading(
        paragraphs=tuple(text for _, text in blocks[start:]),
        title=title,
        reader=f"mammoth.{_version()}",
    )


def _check_parts(package: ZipFile) -> None:
    """Raise UnreadableFileError if the XML is hostile or too large."""
    size = 0
    for name in package.namelist():
        if name.endswith((".xml", ".rels")):
            part = read_member(package, name)
            refuse_entities(part, name)
            size += len(part)
            if size > MAX_TEXT_BYTES:
                limit = f"{MAX_TEXT_BYTES // 1_000_000} MB"
                detail = f"has more than {limit} of text when it is unpacked"
                raise UnreadableFileError("too_large", detail)


def _no_source(_: Any) -> dict[str, str]:
    return {}


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415  # takes 20 ms to import

    return version("mammoth")
