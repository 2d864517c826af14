"""The data of the report, read from a snapshot by the queries in `report/`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from warehouse.connect import open_snapshot
from warehouse.folder import DataFolder
from warehouse.sql_files import read_sql

Rows = list[dict[str, Any]]

KINDS = ("person", "organization", "place")
DRAWN_STORIES = 6  # as many as a chart has colours
DRAWN_PUBLISHERS = 15  # more names make a graph hard to read
_DRAWN_PAIRS = 40
_WEEK = 7  # days; what is rising in a shorter report is that of one day


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportData:
    """Rows for each part of the report, as mappings from column to value.

    Attributes:
        snapshot: File name of the snapshot they were read from.
        first_on: First day of the reported period, None in an empty warehouse.
        last_on: Last day of the period: the newest publication that is not in the future.
        stories: The stories of the most publishers.
        story_days: Articles per day of the first `DRAWN_STORIES` of them.
        syndication: Pairs of publishers, of which one ran texts that the other one had first.
        rising: Phrases, names and speakers in many more texts than before.
        named: The entities of each of `KINDS` with the most mentions.
    """

    snapshot: str
    first_on: date | None
    last_on: date | None
    totals: dict[str, int]
    articles_per_day: Rows
    stories: Rows
    story_days: Rows
    syndication: Rows
    rising: Rows
    gaps: Rows
    speakers: Rows
    named: dict[str, Rows]
    newest_quotations: Rows
    findings: Rows
    rejections: Rows
    runs: Rows


def read_report(folder: DataFolder, *, days: int, now: datetime) -> ReportData:
    """Return `report_in` the newest snapshot.

    Raises:
        WarehouseMissingError: Nothing was published yet.
    """
    with open_snapshot(folder) as con:
        return report_in(con, folder.newest.resolve().name, days=days, now=now)


def report_in(
    con: duckdb.DuckDBPyConnection, snapshot: str, *, days: int, now: datetime
) -> ReportData:
    """Return the data of the last `days` days before `now` in an open snapshot with this name."""
    (span,) = _rows(con, "span", days=days, now=now)
    (totals,) = _rows(con, "totals")
    stories = _rows(con, "stories", **span)
    drawn = [story["story_id"] for story in stories[:DRAWN_STORIES]]
    return ReportData(
        snapshot=snapshot,
        **span,
        totals=totals,
        articles_per_day=_rows(con, "articles_per_day", **span),
        stories=stories,
        story_days=_rows(con, "story_days", stories=drawn, **span),
        syndication=_of_few(_rows(con, "syndication", **span)),
        rising=_rows(con, "rising", last_on=span["last_on"], days=_WEEK if days >= _WEEK else 1),
        gaps=_rows(con, "gaps", **span),
        speakers=_rows(con, "speakers", **span),
        named={kind: _rows(con, "named", kind=kind, **span) for kind in KINDS},
        newest_quotations=_rows(con, "newest_quotations", **span),
        findings=_rows(con, "findings"),
        rejections=_rows(con, "rejections"),
        runs=_rows(con, "runs"),
    )


def _of_few(pairs: Rows) -> Rows:
    """Return the first pairs of at most `DRAWN_PUBLISHERS` publishers."""
    chosen: set[str] = set()
    kept: Rows = []
    for pair in pairs:
        both = {pair["earliest_source_id"], pair["source_id"]}
        if len(chosen | both) <= DRAWN_PUBLISHERS:
            chosen |= both
            kept.append(pair)
    return kept[:_DRAWN_PAIRS]


def _rows(con: duckdb.DuckDBPyConnection, name: str, **values: object) -> Rows:
    result = con.execute(read_sql("report", name), values)
    columns = [column[0] for column in result.description or []]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
