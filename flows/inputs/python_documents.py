"""Python values as documents: the articles that `import onrecord` is given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import UnionType
from typing import Literal, TypedDict, cast, get_args

from flows.errors import ArgumentError
from transforms.identity import document_id
from transforms.records import Document

Kind = Literal["html", "text"]
Published = str | date | datetime

# What a page begins with: a declaration, a comment or a tag. No article does.
_MARKUP = re.compile(
    r"\s*<(?:!doctype\b|!--|\?xml\b|/?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>)", re.IGNORECASE
)
_BINARY = (b"%PDF-", b"PK\x03\x04")
_HEAD = 4096
_LANGUAGE = re.compile(r"([a-zA-Z]{2})(?:[-_][a-zA-Z0-9]+)*")
_CONTENT = "the HTML or the text of an article"
_DAY = 'a day ("2024-05-03") or an instant in ISO 8601, a date or a datetime'


class ArticleInput(TypedDict, total=False):
    """One document for `extract_many`: `html` or `text`, and what is known about it.

    If both are given, the page is read. Other keys are ignored.
    """

    html: str | bytes
    text: str | bytes
    url: str | None
    published: Published | None
    title: str | None
    language: str | None


def document_of(
    content: str | bytes,
    *,
    kind: Kind | None = None,
    url: str | None = None,
    published: Published | None = None,
    title: str | None = None,
    language: str | None = None,
    now: datetime,
) -> Document:
    """Return the document that these values describe.

    Args:
        content: A page, which is cleaned, or a text, which is used verbatim.
        kind: What `content` is; None to tell it by its look.
        url: The address of the article.
        published: When it was published; UTC if it names no time zone.
        title: The headline of a text; a page states its own.
        language: The ISO 639-1 code that its publisher states ("en"); None to detect it.
        now: The instant of the call.

    Raises:
        ArgumentError: A value cannot be used; the message names it.
    """
    _check("content", content, str | bytes, _CONTENT)
    _check("url", url, str | None, "a string or None")
    _check("title", title, str | None, "a string or None")
    if not content.strip():
        raise ArgumentError("content", content, _CONTENT)
    if kind not in (None, *get_args(Kind)):
        raise ArgumentError("kind", kind, "'html', 'text' or None")
    is_text = (kind or kind_of(content)) == "text"
    key = content.encode("utf-8", "replace") if isinstance(content, str) else content
    published_at, precision = instant("published", published)
    return Document(
        document_id=document_id(url or None, key),
        content=content,
        media_type="text" if is_text else "html",
        is_clean=is_text,
        fetched_at=now,
        url=url or None,
        published_at=published_at,
        published_precision=precision,
        title=title or None if is_text else None,
        language=_language(language),
    )


def _check(name: str, value: object, kinds: type | UnionType, expected: str) -> None:
    if not isinstance(value, kinds):
        raise ArgumentError(name, value, expected)


def _language(stated: object) -> str | None:
    """Return the ISO 639-1 code in a language tag: "en" for "en-GB"."""
    if stated is None:
        return None
    found = _LANGUAGE.fullmatch(stated) if isinstance(stated, str) else None
    if found is None:
        raise ArgumentError("language", stated, "an ISO 639-1 code such as 'en', or None")
    return found[1].lower()


def document_of_item(item: object, *, now: datetime) -> Document:
    """Return the document of an item of `extract_many`: a page, a text or an `ArticleInput`.

    Raises:
        ArgumentError: A value cannot be used; the message names it.
    """
    if isinstance(item, str | bytes):
        return document_of(item, now=now)
    if not isinstance(item, Mapping):
        raise ArgumentError("document", item, "a string, or a mapping with html or text")
    row = cast("ArticleInput", item)
    content, kind = (row["html"], "html") if row.get("html") else (row.get("text"), "text")
    if content is None:
        raise ArgumentError("document", item, "a mapping with html or text")
    return document_of(
        content,
        kind=cast("Kind", kind),
        url=row.get("url"),
        published=row.get("published"),
        title=row.get("title"),
        language=row.get("language"),
        now=now,
    )


def kind_of(content: str | bytes) -> Kind:
    """Return what `content` looks like: a page begins with a tag, a comment or a declaration.

    >>> kind_of("<p>Rain fell.</p>"), kind_of("Rain fell. <p> is a tag.")
    ('html', 'text')
    """
    if isinstance(content, bytes):
        if content.startswith(_BINARY):
            return "html"  # which refuses it by its name
        content = (
            content[:_HEAD].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe").decode("latin-1")
        )
    return "html" if _MARKUP.match(content.lstrip("\ufeff")) else "text"


def instant(name: str, stated: Published | None) -> tuple[datetime | None, str]:
    """Return an instant, UTC if it names no time zone, with its precision.

    Args:
        name: The argument that states it, for the error.
        stated: A day or an instant; None if there is none.

    Raises:
        ArgumentError: It is not a day or an instant.

    >>> instant("published", date(2024, 5, 3))
    (datetime.datetime(2024, 5, 3, 0, 0, tzinfo=datetime.timezone.utc), 'day')
    """
    if stated is None or stated == "":
        return None, "second"
    precision = "second"
    if isinstance(stated, datetime):
        found = stated
    elif isinstance(stated, date):
        found, precision = datetime(stated.year, stated.month, stated.day, tzinfo=UTC), "day"
    elif isinstance(stated, str):
        try:
            found = datetime.fromisoformat(stated.strip())
        except ValueError as exc:
            raise ArgumentError(name, stated, _DAY) from exc
        precision = "day" if len(stated.strip()) <= len("2024-05-03") else "second"
    else:
        raise ArgumentError(name, stated, _DAY)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)), precision
