"""The report as one HTML page.

The template escapes all text, links lead only to `http` and `https`, and the page's
security policy allows nothing but its own style sheet: even a script that got into a
title would not run.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.resources
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup

from flows.printable import plain
from flows.web.charts import articles_per_day, bars, story_sizes
from flows.web.copy_graph import copy_graph
from warehouse.report_data import DRAWN_STORIES, KINDS, ReportData

# One drawing for desktops and one for phones: scaling would make the text too small.
_WIDTHS = {"wide": 860, "narrow": 330}
NO_HEADLINE = "without a headline"
_HEADINGS = {"person": "People", "organization": "Organizations", "place": "Places"}


def render_report(
    data: ReportData,
    *,
    made_at: datetime,
    needed: Sequence[tuple[str, str]] = (),
    heading: str = "nothing needs you",
) -> str:
    """Return the page.

    Args:
        data: The content of the report.
        made_at: When the report is made, UTC; the page shows it.
        needed: What needs a person: what is wrong, and what to do next.
        heading: The heading of that list.
    """
    style = _resource("report.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    template = _environment().from_string(_resource("report.html.j2"))
    return template.render(
        data=data,
        made_at=made_at,
        needed=needed,
        heading=heading,
        style=Markup(style),  # noqa: S704  # a file of this package
        style_hash=digest,
        per_day=_drawings(
            articles_per_day, data.articles_per_day, first_on=data.first_on, last_on=data.last_on
        ),
        story_sizes=_story_sizes(data),
        copies=_drawings(copy_graph, data.syndication),
        no_headline=NO_HEADLINE,
        speakers=_drawings(bars, data.speakers, value="occurrences", label="statements"),
        named=[
            (_HEADINGS[kind], _drawings(bars, data.named[kind], value="articles", label="articles"),
             data.named[kind])
            for kind in KINDS
        ],
    )  # fmt: skip


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


def _story_sizes(data: ReportData) -> dict[str, Markup]:
    drawn = data.stories[:DRAWN_STORIES]
    headlines = {story["story_id"]: story["headline"] or NO_HEADLINE for story in drawn}
    days = {"first_on": data.first_on, "last_on": data.last_on}
    return _drawings(story_sizes, data.story_days, headlines=headlines, **days)


def _drawings(draw: Callable[..., str], rows: Any, **options: Any) -> dict[str, Markup]:
    """Return the drawing in each width, as XML whose text is escaped."""
    drawn = {name: draw(rows, width=width, **options) for name, width in _WIDTHS.items()}
    return {name: Markup(svg) for name, svg in drawn.items() if svg}  # noqa: S704


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    filters: Mapping[str, Callable[..., Any]] = {
        "plain": lambda value: plain(str(value)) if value is not None else "",
        "link": safe_link,
        "count": lambda value: f"{value or 0:,}",
        "day": _day,
        "share": lambda value: f"{value:.0%}" if value is not None else "",
        "mean": lambda value: f"{value:,.1f}",
        "minute": lambda value: f"{value:%Y-%m-%d %H:%M} UTC" if value else "",
    }
    environment.filters.update(filters)
    return environment


def _day(value: date | datetime | None) -> str:
    return f"{value.day} {value:%B %Y}" if value else "no day"


def _resource(name: str) -> str:
    return importlib.resources.files("flows.web").joinpath(name).read_text("utf-8")
