"""How templates show text, numbers, days and links."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jinja2
from markupsafe import Markup, escape

from flows.output.tables import cell
from flows.printable import duration, number, plain, plain_lines
from warehouse.snippets import Snippet


@functools.cache
def environment() -> jinja2.Environment:
    """Return the templates of `flows.web`, which escape all text."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("flows.web", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    filters: Mapping[str, Callable[..., Any]] = {
        "plain": lambda value: plain(str(value)) if value is not None else "",
        "plain_lines": plain_lines,
        "coded": _coded,
        "link": safe_link,
        "count": lambda value: f"{value or 0:,}",
        "counted": number,
        "day": _day,
        "minute": lambda value: f"{value:%Y-%m-%d %H:%M} UTC" if value else "",
        "time": _time,
        "mean": lambda value: f"{value:,.1f}",
        "percent": lambda share: f"{share:.0%}" if share is not None else "",
        "duration": duration,
        "cell": cell,
        "marked": marked,
        "part": lambda text: quote(str(text), safe=""),
    }
    made.filters.update(filters)
    made.globals["query"] = query_string
    return made


def safe_link(url: str | None) -> str | None:
    """Return `url` if a browser may follow it, otherwise None.

    >>> safe_link("https://paper.example/a"), safe_link("javascript:alert(1)")
    ('https://paper.example/a', None)
    """
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def marked(snippet: Snippet) -> Markup:
    """Return a passage with the words that were found marked.

    >>> marked(Snippet("A <b> ferry", ((6, 11),)))
    Markup('A &lt;b&gt; <mark>ferry</mark>')
    """
    text, parts, at = plain(snippet.text), [], 0  # as long as it was
    for start, end in snippet.marks:
        parts.append(Markup("{}<mark>{}</mark>").format(text[at:start], text[start:end]))
        at = end
    return Markup("").join([*parts, text[at:]])


def query_string(**values: object) -> str:
    """Return the query of a link; values that are None, empty or False are left out.

    >>> query_string(q="ferry", source=None, days=[1, 2])
    '?q=ferry&days=1&days=2'
    """
    kept = {name: value for name, value in values.items() if value not in (None, "", False, [])}
    return f"?{urlencode(kept, doseq=True)}" if kept else ""


def _coded(text: str) -> Markup:
    """Return a text of ours with what is between backticks as code.

    >>> str(_coded("raise `host_delay` & wait"))
    'raise <code>host_delay</code> &amp; wait'
    """
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if at % 2 else escape(part)
        for at, part in enumerate(parts)
    )


def _day(value: date | datetime | None) -> str:
    return f"{value.day} {value:%B %Y}" if value else "no day"


def _time(value: datetime | None) -> Markup:
    """Return a time as an element that the script shows in the reader's zone, UTC without it."""
    if value is None:
        return Markup("")
    at = value.astimezone(UTC)
    stamp, text = f"{at:%Y-%m-%dT%H:%M:%SZ}", f"{at.day} {at:%b %Y, %H:%M} UTC"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(stamp, text, text)
