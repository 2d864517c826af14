"""What is read from a file, or the reason why nothing can be read from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The prose of a file and what the file states about it.

    Attributes:
        paragraphs: The paragraphs in reading order; the headline is the first if it is known.
        title: The headline.
        edges: Short lines at the edges of the first page, such as the name of the paper and
            the day.
        authors: Names that the file states as those of its authors.
        published_on: The day of publication that the file states.
        language: Language code that the file states.
        publisher: Name of the publisher that the file states.
        reader: Name and version of the library that read it ("pypdfium2.5.15.2").
    """

    paragraphs: tuple[str, ...]
    reader: str
    title: str | None = None
    authors: tuple[str, ...] = ()
    published_on: date | None = None
    language: str | None = None
    publisher: str | None = None
    edges: tuple[str, ...] = ()


class UnreadableFileError(Exception):
    """A file cannot be read; `reason` is a fixed code, `detail` says what is wrong.

    Reasons are `encrypted`, `damaged`, `scanned` (pictures of pages without text),
    `unreadable_text` (its fonts do not say which letters they show), `too_large` and
    `missing_extra` (a library is not installed).
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail
