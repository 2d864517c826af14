"""The report as one HTML page.

The template escapes all text, links lead only to `http` and `https`, and the page's
security policy allows nothing but its own style sheet: even a script that got into a
title would not run.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import importlib.resources
from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from flows.web.charts import articles_per_day, bars, in_both_widths, story_sizes
from flows.web.copy_graph import copy_graph
from flows.web.templating import environment
from warehouse.report_data import DRAWN_STORIES, KINDS, ReportData

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
    template = environment().get_template("report.html.j2")
    return template.render(
        data=data,
        made_at=made_at,
        needed=needed,
        heading=heading,
        style=Markup(_style()),  # noqa: S704  # a file of this package
        policy=report_policy(),
        per_day=in_both_widths(
            articles_per_day, data.articles_per_day, first_on=data.first_on, last_on=data.last_on
        ),
        story_sizes=_story_sizes(data),
        copies=in_both_widths(copy_graph, data.syndication),
        no_headline=NO_HEADLINE,
        speakers=in_both_widths(bars, data.speakers, value="occurrences", label="statements"),
        named=[
            (_HEADINGS[kind], in_both_widths(bars, data.named[kind], value="articles", label="articles"),
             data.named[kind])
            for kind in KINDS
        ],
    )  # fmt: skip


def report_policy() -> str:
    """Return the security policy of the page: it may use its own style sheet, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _story_sizes(data: ReportData) -> dict[str, Markup]:
    drawn = data.stories[:DRAWN_STORIES]
    headlines = {story["story_id"]: story["headline"] or NO_HEADLINE for story in drawn}
    days = {"first_on": data.first_on, "last_on": data.last_on}
    return in_both_widths(story_sizes, data.story_days, headlines=headlines, **days)


@functools.cache
def _style() -> str:
    return (
        importlib.resources.files("flows.web").joinpath("static", "report.css").read_text("utf-8")
    )
