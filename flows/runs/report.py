"""The report of a run: counts of feeds and documents, as records and as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from flows.errors import TallyError
from flows.printable import number, plain
from transforms.records import Rejection
from warehouse.append import AppendCount
from warehouse.run_queries import RowCounts
from warehouse.visit_queries import VisitTally

SHOWN_REJECTIONS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PollTally:
    """Counts of polled feeds by outcome, each feed counted once, and of their entries.

    Attributes:
        excused: Feeds that failed only because our own network was down.
        gap_risks: Feeds that may have dropped entries between two polls.
        failures: URL, code and detail of each feed that failed.
    """

    polled: int = 0
    new: int = 0
    unchanged: int = 0
    failed: int = 0
    excused: int = 0
    gone: int = 0
    new_entries: int = 0
    changed_entries: int = 0
    gap_risks: int = 0
    failures: tuple[tuple[str, str, str], ...] = ()

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]]) -> Self:
        """Return the tally of rows of `polls`."""
        outcomes = [row["outcome"] for row in rows]
        return cls(
            polled=len(rows),
            new=outcomes.count("new"),
            unchanged=outcomes.count("unchanged"),
            failed=outcomes.count("failed"),
            excused=outcomes.count("excused"),
            gone=outcomes.count("gone"),
            new_entries=sum(row["new_entries"] for row in rows),
            changed_entries=sum(row["changed_entries"] for row in rows),
            gap_risks=sum(row["is_gap_risk"] for row in rows),
            failures=tuple(
                (row["url"], row["failure"], row["detail"] or "") for row in rows if row["failure"]
            ),
        )

    def __add__(self, other: PollTally) -> PollTally:
        return PollTally(
            **{name: getattr(self, name) + getattr(other, name) for name in PollTally.__slots__}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What a run did; each document is counted once.

    Attributes:
        polls: Counts of the polled feeds; None if the run polled none.
        visits: Counts of planned visits; those with a document are also in `count`.
        rejections: Every rejection, in order.
        found: What was found among the input, one line each.
        notes: What the run could not do, one line each.
        snapshot: The snapshot that readers see now; None if nothing was published.
        seconds: Wall seconds.
        expected: Number of documents that the run will have seen at its end, if it knows.
        share: Share of the work that is done, from 0 to 1, if the run knows that instead.
        failure: Why the run counts as failed although it finished; None if it does not.
    """

    run_id: str
    count: AppendCount = field(default_factory=AppendCount)
    rows: RowCounts = field(default_factory=RowCounts)
    polls: PollTally | None = None
    visits: VisitTally = field(default_factory=VisitTally)
    rejections: tuple[Rejection, ...] = ()
    found: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    snapshot: Path | None = None
    seconds: float = 0.0
    expected: int | None = None
    share: float | None = None
    failure: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values under the names of the columns."""
        return {
            "run_id": self.run_id,
            **{name: getattr(self.count, name) for name in AppendCount.__slots__},
            "rows": {name: getattr(self.rows, name) for name in RowCounts.__slots__},
            "polls": asdict(self.polls) if self.polls else None,
            "visits": asdict(self.visits),
            "rejections": [
                {name: getattr(rejection, name) for name in Rejection.__slots__}
                for rejection in self.rejections
            ],
            "found": list(self.found),
            "notes": list(self.notes),
            "snapshot": str(self.snapshot) if self.snapshot else None,
            "seconds": round(self.seconds, 3),
            "failure": self.failure,
        }


OnReport = Callable[[RunReport], None]


def with_batch(report: RunReport, count: AppendCount, rejections: list[Rejection]) -> RunReport:
    """Return `report` with one more batch added."""
    return replace(report, count=report.count + count, rejections=(*report.rejections, *rejections))


def check_tally(report: RunReport, *, seen: int) -> None:
    """Raise TallyError unless each of the `seen` documents was counted exactly once."""
    count = report.count
    if not seen == count.seen == count.appended + count.known + count.rejected:
        raise TallyError((seen, count))


def summary(report: RunReport) -> str:
    """Return the report as the terminal shows it after a run."""
    lines = report_lines(report)
    if report.snapshot:
        lines.append(f"warehouse: {report.snapshot}")
    return "\n".join(lines)


def report_lines(report: RunReport) -> list[str]:
    """Return what a run did, line by line."""
    rows = report.rows
    appended = ", ".join(
        (
            number(rows.articles, "article"),
            number(rows.quotations, "quotation"),
            number(rows.mentions, "name"),
            number(rows.date_mentions, "date"),
            number(rows.rejections, "new rejection"),
        )
    )
    lines = [plain(line) for line in report.found]
    lines += [
        *poll_lines(report),
        *visit_lines(report),
        count_line(report),
        f"{appended} in {report.seconds:.1f} s",
        *_link_lines(rows),
    ]
    lines += rejection_lines(report.rejections)
    return lines + [f"note: {plain(note)}" for note in report.notes]


def _link_lines(rows: RowCounts) -> list[str]:
    """Return the copies and edits that were found as one line; none if there are none."""
    found = [number(rows.copies, "copy", "copies")] if rows.copies else []
    found += [number(rows.changes, "edit")] if rows.changes else []
    return [f"linked: {', '.join(found)}"] if found else []


def progress_line(report: RunReport) -> str:
    """Return the progress of a run as one line: its counts, speed and what is still to come."""
    if (polled := poll_lines(report)) and not report.count.seen:
        return polled[0]
    rate = report.count.seen / max(report.seconds, 0.001)
    rest = (report.expected or 0) - report.count.seen
    return f"{count_line(report)}, {rate:.0f}/s" + (f", {rest:,} to come" if rest > 0 else "")


def rejection_lines(rejections: Sequence[Rejection]) -> list[str]:
    """Return the first rejections, one per line, and how many more there are."""
    lines = [
        f"rejected {plain(r.item)}: {r.reason}: {plain(r.detail)}"
        for r in rejections[:SHOWN_REJECTIONS]
    ]
    if (more := len(rejections) - SHOWN_REJECTIONS) > 0:
        lines.append(f"... and {more:,} more: onrecord sql 'FROM rejections'")
    return lines


def count_line(report: RunReport) -> str:
    """Return the counts of documents as one line."""
    count = report.count
    return (
        f"{number(count.seen, 'document')}: {count.appended:,} new, {count.known:,} known, "
        f"{count.rejected:,} rejected"
    )


def poll_lines(report: RunReport) -> list[str]:
    """Return the counts of feeds as one line, then one line for each feed that failed.

    There is no line if no feed was polled.
    """
    polls = report.polls
    if polls is None or not polls.polled:
        return []
    counts = (
        f"{number(polls.polled, 'feed')} polled: {polls.new:,} new, {polls.unchanged:,} unchanged, "
        f"{polls.failed:,} failed, {polls.gone:,} gone"
    )
    if polls.excused:
        counts += f", {polls.excused:,} not reached because this machine is offline"
    lines = [f"{counts}; {polls.new_entries:,} new entries, {polls.changed_entries:,} changed"]
    if polls.gap_risks:
        lines.append(f"{number(polls.gap_risks, 'feed')} may have dropped entries between polls")
    lines += [
        f"failed {plain(url)}: {code}: {plain(detail)}"
        for url, code, detail in polls.failures[:SHOWN_REJECTIONS]
    ]
    if (more := len(polls.failures) - SHOWN_REJECTIONS) > 0:
        lines.append(f"... and {more:,} more: onrecord feeds")
    return lines


def visit_lines(report: RunReport) -> list[str]:
    """Return the counts of planned visits as one line; none if no visit was made."""
    visits = report.visits
    if not visits.made:
        return []
    line = (
        f"{number(visits.made, 'page')} visited again: {visits.unchanged:,} unchanged, "
        f"{visits.changed:,} changed, {visits.gone:,} gone, {visits.missing:,} missing, "
        f"{visits.failed:,} failed"
    )
    return [line]


def markdown_report(report: RunReport) -> str:
    """Return the report as Markdown."""
    count, rows = report.count, report.rows
    figures = {
        "documents": count.seen, "new": count.appended, "known": count.known,
        "rejected": count.rejected, "visits": report.visits.made, "articles": rows.articles, "quotations": rows.quotations,
        "no comments": rows.no_comments, "names": rows.mentions, "dates": rows.date_mentions,
        "keyphrases": rows.keyphrases, "topics": rows.article_topics, "copies": rows.copies,
        "edits": rows.changes,
    }  # fmt: skip
    head = f"Run `{report.run_id}`, {report.seconds:.1f} s\n\n| what | rows |\n|---|---:|\n"
    table = "\n".join(f"| {name} | {value:,} |" for name, value in figures.items())
    notes = "".join(f"\n- {note}" for note in report.notes)
    return f"{head}{table}\n{notes}" if notes else head + table
