"""A run's report for people: the summary on the terminal and Prefect's artifact."""

from __future__ import annotations

import re

from flows.runs import RunReport

SHOWN_REJECTIONS = 20

# Lone surrogates stand for bytes of a file name that are no UTF-8: they cannot be printed.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str) -> str:
    """Return `text` with control characters replaced: a title must not steer a terminal."""
    return plain_lines(text.replace("\n", " "))


def plain_lines(text: str) -> str:
    """Return what `plain` does, with the ends of lines as they are."""
    return _CONTROL.sub("\ufffd", text)


def count_line(report: RunReport) -> str:
    """Return what became of the documents, in one line."""
    count = report.count
    return (
        f"{number(count.seen, 'document')}: {count.appended:,} new, {count.known:,} known, "
        f"{count.rejected:,} rejected"
    )


def summary(report: RunReport) -> str:
    """Return the report of a run, as the terminal shows it."""
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
    lines = [*poll_lines(report), count_line(report), f"{appended} in {report.seconds:.1f} s"]
    lines += [
        f"rejected {plain(r.item)}: {r.reason}: {plain(r.detail)}"
        for r in report.rejections[:SHOWN_REJECTIONS]
    ]
    if (more := len(report.rejections) - SHOWN_REJECTIONS) > 0:
        lines.append(f"... and {more:,} more: onrecord sql 'FROM rejections'")
    if report.snapshot:
        lines.append(f"warehouse: {report.snapshot}")
    return "\n".join(lines)


def lost_line(documents: int) -> str:
    """Return what is to be said of documents that the archive cannot give back."""
    return (
        f"{number(documents, 'document')}, whose raw captures were removed under "
        "ONRECORD_KEEP_ARCHIVE_DAYS"
    )


def poll_lines(report: RunReport) -> list[str]:
    """Return what became of the feeds, one line and one for each that failed."""
    polls = report.polls
    if polls is None:
        return []
    counts = (
        f"{number(polls.polled, 'feed')} polled: {polls.new:,} new, {polls.unchanged:,} unchanged, "
        f"{polls.failed:,} failed, {polls.gone:,} gone"
    )
    if polls.excused:
        counts += f", {polls.excused:,} not reached: the network is down here"
    lines = [f"{counts}; {polls.new_entries:,} new entries, {polls.changed_entries:,} changed"]
    if polls.gap_risks:
        lines.append(f"{number(polls.gap_risks, 'feed')} may have shown entries between two polls")
    lines += [
        f"failed {plain(url)}: {code}: {plain(detail)}"
        for url, code, detail in polls.failures[:SHOWN_REJECTIONS]
    ]
    if (more := len(polls.failures) - SHOWN_REJECTIONS) > 0:
        lines.append(f"... and {more:,} more: onrecord feeds")
    return lines


def markdown_report(report: RunReport) -> str:
    """Return the report of a run as Markdown."""
    count, rows = report.count, report.rows
    figures = {
        "documents": count.seen, "new": count.appended, "known": count.known,
        "rejected": count.rejected, "articles": rows.articles, "quotations": rows.quotations,
        "names": rows.mentions, "dates": rows.date_mentions,
    }  # fmt: skip
    head = f"Run `{report.run_id}`, {report.seconds:.1f} s\n\n| what | rows |\n|---|---:|\n"
    return head + "\n".join(f"| {name} | {value:,} |" for name, value in figures.items())


def number(count: int, noun: str) -> str:
    """Return a count with its noun.

    >>> number(1, "article"), number(1200, "article")
    ('1 article', '1,200 articles')
    """
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
