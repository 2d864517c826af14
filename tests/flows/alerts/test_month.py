"""A month in fast-forward: which messages came when."""

import re
from datetime import UTC, datetime

from flows.alerts.attention import find_attention
from flows.alerts.decisions import decide
from flows.alerts.messages import compose
from flows.settings import Settings
from tests.helpers.alert_rows import (
    DAY,
    append_many,
    fetch_row,
    finding,
    list_feed,
    poll_row,
    run_row,
)
from warehouse.alert_log import append_alerts, read_known
from warehouse.connect import open_live
from warehouse.folder import DataFolder

FIRST = datetime(2024, 6, 3, tzinfo=UTC)  # a Monday
STEP = DAY


class Month:
    """A warehouse that polls every day and looks after each poll."""

    def __init__(self, con, settings):
        self.con, self.settings, self.told = con, settings, []
        for name, host in self.feeds:
            list_feed(con, name, host=host, at=FIRST - 60 * DAY)
        self.happen(*(FIRST - step * STEP for step in range(1, 60)))

    feeds = (
        ("daily", "daily.example"), ("weekly", "weekly.example"), ("office", "office.example"),
        ("shaky", "shaky.example"), *((f"host-{n}", "large.example") for n in range(5)),
    )  # fmt: skip

    def day(self, at):
        return (at - FIRST) / DAY

    def outcome(self, name, at):
        """What a poll brings: the events of the month."""
        day = self.day(at)
        if 20 <= day < 22:
            return "excused"  # our own network
        if name.startswith("host-") and 5 <= day < 9:
            return "failed"  # their server
        if name == "shaky" and day >= 0:
            return "failed" if int(day) % 2 else "new"
        if name == "daily":
            return "new" if not 10 <= day < 16 else "unchanged"
        if name == "weekly":
            return "new" if at.weekday() == 2 else "unchanged"
        if name == "office":
            return "new" if at.weekday() < 5 else "unchanged"
        return "new"

    def happen(self, *times):
        polls, fetches, runs = [], [], []
        for at in times:
            day = self.day(at)
            polls += [
                poll_row(name, at, self.outcome(name, at), host=host) for name, host in self.feeds
            ]
            failure = "forbidden" if 12 <= day < 18 else None
            fetches += [
                fetch_row(f"{at:%j%H}-{number}", at, source="large.example", failure=failure)
                for number in range(12)
            ]
            runs.append(
                run_row(
                    f"i{at}", at, "failed" if 24 <= day < 25 else "completed", detail="no space"
                )
            )
            runs.append(run_row(f"c{at}", at, flow="check"))
            if day == 26:
                finding(self.con, f"c{at}", at)
        for table, rows in (("polls", polls), ("fetches", fetches), ("runs", runs)):
            append_many(self.con, table, rows)

    def look(self, at):
        decision = decide(
            find_attention(self.con, self.settings, at),
            read_known(self.con, at),
            at,
            kinds=self.settings.told_kinds,
        )
        append_alerts(self.con, decision.rows)
        if decision.started or decision.ended:
            message = compose(self.settings, decision.started, decision.ended)
            self.told.append((round(self.day(at)), message))


def test_month_has_one_message_for_each_beginning_and_each_end(tmp_path):
    settings = Settings(
        data=tmp_path,
        alert_kinds="feed_silent,feed_failing,publisher_failing,run_failed,run_missing,check",
    )
    with open_live(DataFolder(tmp_path)) as con:
        month = Month(con, settings)
        at = FIRST
        while at < FIRST + 30 * DAY:
            month.happen(at)
            month.look(at)
            at += STEP
    told = [(day, re.split(r" since| \(problem", message.title)[0]) for day, message in month.told]
    assert told == [
        (6, "onrecord: 5 feeds of large.example have been failing"),
        (10, "onrecord: 5 problems ended"),
        (12, "onrecord: 2 things need you"),
        (16, "onrecord: https://daily.example/daily has new entries again"),
        (19, "onrecord: large.example: most pages are read again"),
        (24, "onrecord: ingest has been failing"),
        (26, "onrecord: 1 thing needs you, 1 problem ended"),
        (27, "onrecord: check revision_twice finds nothing more"),
    ]
    both = month.told[2][1].body
    assert "- large.example: none of the last 12 pages was read (usually 0 %)" in both
    assert "- https://daily.example/daily has been silent since 2024-06-12 00:00 UTC" in both
