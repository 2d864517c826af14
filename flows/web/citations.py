"""How to cite an article: as text, for BibTeX, and as CSL JSON for reference managers.

A citation names the digest of the archived document, so that a reader can tell whether a page is
still the one that was cited.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flows.printable import plain

_SPECIAL: Final = re.compile(r"[\\{}%&$#_~^]")
_ESCAPES: Final = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_NO_KEY: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """What a citation names.

    Attributes:
        accessed_at: When the document was fetched.
        sha256: Digest of the archived document, None if it has none.
    """

    article_id: str
    title: str
    authors: tuple[str, ...]
    outlet: str
    published_on: date | None
    url: str | None
    language: str | None
    accessed_at: datetime
    sha256: str | None


def as_text(cited: Cited) -> str:
    """Return a citation in one line.

    >>> from datetime import UTC
    >>> as_text(
    ...     Cited(
    ...         article_id="a1-0", title="Ferry sinks", authors=("Ana Ruiz",), outlet="The Echo",
    ...         published_on=date(2024, 5, 1), url="https://echo.example/ferry", language="en",
    ...         accessed_at=datetime(2024, 5, 2, tzinfo=UTC), sha256=None,
    ...     )
    ... )  # fmt: skip
    'Ana Ruiz: “Ferry sinks”. The Echo, 1 May 2024. https://echo.example/ferry (accessed 2 May 2024).'
    """
    by = f"{', '.join(cited.authors)}: " if cited.authors else ""
    day = f", {_long(cited.published_on)}" if cited.published_on else ""
    at = f" {cited.url}" if cited.url else ""
    digest = f" SHA-256 of the archived document: {cited.sha256}." if cited.sha256 else ""
    text = f"{by}“{cited.title}”. {cited.outlet}{day}.{at} (accessed {_long(cited.accessed_at)}).{digest}"
    return plain(text)


def as_bibtex(cited: Cited) -> str:
    """Return an entry for BibTeX and BibLaTeX."""
    day = cited.published_on
    note = f"SHA-256 of the archived document: {cited.sha256}" if cited.sha256 else None
    fields = {
        "author": " and ".join(f"{{{_bibtex(name)}}}" for name in cited.authors) or None,
        "title": f"{{{_bibtex(cited.title)}}}",
        "journal": _bibtex(cited.outlet),
        "date": day and day.isoformat(),
        "year": day and f"{day:%Y}",
        "url": cited.url and plain(cited.url).replace("{", "%7B").replace("}", "%7D"),
        "urldate": f"{cited.accessed_at:%Y-%m-%d}",
        "langid": cited.language and _bibtex(cited.language),
        "note": note,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@online{{{_key(cited)},", *lines, "}"]) + "\n"


def as_csl(cited: Cited) -> list[dict[str, Any]]:
    """Return an item of CSL JSON, in a list as reference managers want it."""
    item = {
        "id": cited.article_id,
        "type": "article-newspaper",
        "title": plain(cited.title),
        "author": [{"literal": plain(name)} for name in cited.authors] or None,
        "container-title": plain(cited.outlet),
        "issued": _parts(cited.published_on) if cited.published_on else None,
        "accessed": _parts(cited.accessed_at),
        "URL": cited.url,
        "language": cited.language,
        "note": f"SHA-256 of the archived document: {cited.sha256}" if cited.sha256 else None,
    }
    return [{name: value for name, value in item.items() if value is not None}]


def _bibtex(text: str) -> str:
    return _SPECIAL.sub(lambda found: _ESCAPES.get(found[0], f"\\{found[0]}"), plain(text))


def _key(cited: Cited) -> str:
    year = f"{cited.published_on:%Y}" if cited.published_on else "undated"
    name = _NO_KEY.sub("", cited.outlet.lower())[:20] or "article"
    return f"{name}{year}{_NO_KEY.sub('', cited.article_id.lower())[-6:]}"


def _parts(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}


def _long(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
