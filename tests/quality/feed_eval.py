"""Count the feed files of other readers' test suites that both readers pass.

    python -m tests.quality.feed_eval DIR [--failures N]

DIR, or `data` in it, holds `feeds.dev.jsonl.gz` and the files that it names. Each file is one
check: an expression (feedparser), titles, links, dates and counts (feed-rs, gofeed, reader),
or the number of feeds (OPML). feedparser is checked in the same way, with its own settings.
Files that ask only for data that we do not keep are counted separately.
"""

from __future__ import annotations

import argparse
import ast
import calendar
import gzip
import io
import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import feedparser
import orjson

from flows.feeds.opml import FeedList, read_opml
from flows.feeds.readers import load_date_words, read_feed
from tests.quality.feed_expressions import NotKeptError, holds
from transforms.feeds.feed_dates import DateWords, read_feed_date
from transforms.feeds.feed_records import FeedBody, FeedRefusal, ParsedFeed
from transforms.feeds.feed_text import one_line, plain_text
from transforms.urls import absolute_url

NOW = datetime(2026, 1, 1, tzinfo=UTC)  # all files are older
INDEX = "feeds.dev.jsonl.gz"
# The server in feedparser's tests, against which relative URLs are resolved.
SERVER = "http://127.0.0.1:8097/"

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of one file: True or False for each reader, None if nothing is asked."""

    row: Mapping[str, Any]
    ours: bool | None
    plain: bool | None
    detail: str = ""


def judge(row: Mapping[str, Any], content: bytes, words: DateWords) -> Verdict:
    """Return the result of both readers on one file."""
    headers = {key.lower(): value for key, value in (row.get("http_headers") or {}).items()}
    base = SERVER + row["path"].removeprefix("feeds/feedparser/")
    base = urljoin(base, headers.get("content-location", ""))
    if row["source"] == "awesome-rss-feeds":
        listed = read_opml(content)
        count = len(listed.feeds) + listed.duplicates if isinstance(listed, FeedList) else 0
        return Verdict(row, count == row["expected_feed_urls"], None, f"{count} feeds")
    body = FeedBody(
        url=base, content=content, fetched_at=NOW, content_type=headers.get("content-type")
    )
    ours = read_feed(body, words)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = feedparser.parse(io.BytesIO(content), response_headers=headers)
        if row.get("expect_expr"):
            return _by_expression(row, ours, plain, base, content)
        return _by_facts(row, ours, plain, words, base)


def _by_expression(
    row: Mapping[str, Any],
    ours: ParsedFeed | FeedRefusal,
    plain: Any,
    base: str,
    content: bytes,
) -> Verdict:
    expression = row["expect_expr"]
    names = {"feedparser": feedparser, **{key: plain[key] for key in plain}}
    try:
        is_plain = bool(
            eval(
                expression,
                {"__builtins__": {"isinstance": isinstance, "ord": ord, "len": len}},
                names,
            )
        )
    except (KeyError, IndexError, NameError, AttributeError, TypeError):
        is_plain = False
    if isinstance(ours, FeedRefusal):
        is_about_nothing = expression.strip() in {"1", "bozo"}
        return Verdict(row, is_about_nothing, is_plain, ours.reason)
    try:
        return Verdict(row, holds(expression, ours, base, content), is_plain, expression)
    except NotKeptError:
        return Verdict(row, None, is_plain, expression)


def _by_facts(
    row: Mapping[str, Any], ours: ParsedFeed | FeedRefusal, plain: Any, words: DateWords, base: str
) -> Verdict:
    expected = _expected(row)
    if expected is None:
        return Verdict(row, None, None)
    wanted = _normalised(expected, words, base)
    problems = _differences(wanted, _normalised(_our_facts(ours), words, base))
    is_plain = not _differences(wanted, _normalised(_plain_facts(plain), words, base))
    return Verdict(row, not problems, is_plain, "; ".join(problems[:3]))


def _expected(row: Mapping[str, Any]) -> Facts | None:
    """Return the titles, links and dates that the file expects, None if it has none."""
    if row.get("expected") is not None:
        return dict(row["expected"])
    if row.get("expected_py"):
        return _reader_facts(row["expected_py"])
    native = row.get("expected_native")
    if native is None:
        return None
    items = native.get("items") or []
    return {
        "title": native.get("title"),
        "entries": [
            {
                "title": item.get("title"),
                "link": item.get("url"),
                "published": item.get("date_published"),
                "updated": item.get("date_modified"),
            }
            for item in items
        ],
    }


def _reader_facts(source: str) -> Facts:
    """Return the facts in lemon24/reader's `FeedData` and `EntryData` calls."""
    facts: Facts = {"title": None, "entries": []}
    for node in ast.walk(ast.parse(source)):
        name = (
            node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        )
        if isinstance(node, ast.Call) and name in {"FeedData", "EntryData"}:
            fields = {keyword.arg: _literal(keyword.value) for keyword in node.keywords}
            if name == "FeedData":
                facts["title"] = fields.get("title")
            else:
                facts["entries"].append(fields)
    return facts


def _literal(node: ast.expr) -> Any:
    """Return the value of a constant or a `datetime.datetime(...)` call, or None."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("datetime"):
        stated = [ast.literal_eval(argument) for argument in node.args]
        return datetime.fromtimestamp(calendar.timegm((*stated, 0, 0, 0)[:6]), UTC)
    return None


def _our_facts(ours: ParsedFeed | FeedRefusal) -> Facts:
    if isinstance(ours, FeedRefusal):
        return {"title": ours.reason, "entries": []}
    entries: list[Facts] = [{} for _ in range(ours.seen)]  # dropped entries have no facts
    for entry in ours.entries:
        entries[entry.position] = {
            "title": entry.title,
            "link": entry.url,
            "published": entry.published_at,
            "updated": entry.updated_at,
        }
    return {"title": ours.title, "entries": entries}


def _plain_facts(plain: Any) -> Facts:
    def date(parsed: Any) -> datetime | None:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None

    return {
        "title": plain["feed"].get("title"),
        "entries": [
            {
                "title": entry.get("title"),
                "link": entry.get("link"),
                "published": date(entry.get("published_parsed")),
                "updated": date(dict.get(entry, "updated_parsed")),
            }
            for entry in plain["entries"]
        ],
    }


def _normalised(facts: Facts, words: DateWords, base: str) -> Facts:
    """Return the facts with plain text, absolute URLs and dates to the second."""
    return {
        "title": _plain(facts.get("title")),
        "entries": [
            {
                "title": _plain(entry.get("title")),
                "link": absolute_url(entry["link"], base) if entry.get("link") else None,
                "dates": {
                    _second(entry.get(name), words)
                    for name in ("published", "updated")
                    if entry.get(name)
                },
            }
            for entry in facts.get("entries") or []
        ],
    }


def _plain(text: str | None) -> str | None:
    return plain_text(one_line(text)) or None if text else None


def _second(stated: Any, words: DateWords) -> datetime | None:
    at = stated if isinstance(stated, datetime) else read_feed_date(stated, words, now=NOW).at
    return at.replace(microsecond=0) if at else None


def _differences(wanted: Facts, got: Facts) -> list[str]:
    """Return the differences; dates may have either name, extra links are allowed."""
    problems = []
    if wanted["title"] and wanted["title"] != got["title"]:
        problems.append(f"title {got['title']!r}, expected {wanted['title']!r}")
    if len(wanted["entries"]) != len(got["entries"]):
        return [*problems, f"{len(got['entries'])} entries, expected {len(wanted['entries'])}"]
    for number, (want, have) in enumerate(zip(wanted["entries"], got["entries"], strict=True)):
        problems += [
            f"{number}: {name} {have[name]!r}, expected {want[name]!r}"
            for name in ("title", "link")
            if want[name] and want[name] != have[name]
        ]
        if not want["dates"] <= have["dates"]:
            problems.append(f"{number}: dates {have['dates']}, expected {want['dates']}")
    return problems


def verdicts(folder: Path) -> Iterator[Verdict]:
    """Yield the verdict on each file in the index of `folder`."""
    words = load_date_words()
    if not (folder / INDEX).exists():
        folder /= "data"
    with gzip.open(folder / INDEX) as lines:
        for line in lines:
            row = orjson.loads(line)
            yield judge(row, (folder / row["path"]).read_bytes(), words)


def main() -> None:
    """Print the counts by suite, then the lost and failed files."""
    parser = argparse.ArgumentParser(description="Count the feed files whose expectations are met.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--failures", type=int, default=10, help="how many failures to print")
    options = parser.parse_args()
    judged = list(verdicts(options.folder))
    table: dict[str, Counter[str]] = {}
    for verdict in judged:
        counts = table.setdefault(verdict.row["source"], Counter())
        counts["files"] += 1
        counts["asked"] += verdict.ours is not None
        counts["ours"] += verdict.ours is True
        counts["plain"] += verdict.ours is not None and verdict.plain is True
        counts["lost"] += verdict.ours is False and verdict.plain is True
    names = ("files", "asked", "ours", "plain", "lost")
    sys.stdout.write(f"{'suite':20}" + "".join(f"{name:>8}" for name in names) + "\n")
    table["all"] = sum(table.values(), Counter())
    for suite, counts in table.items():
        sys.stdout.write(f"{suite:20}" + "".join(f"{counts[name]:8}" for name in names) + "\n")
    failed = [verdict for verdict in judged if verdict.ours is False]
    failed.sort(key=lambda verdict: not verdict.plain)
    for verdict in failed[: options.failures]:
        mark = "lost" if verdict.plain else "fail"
        sys.stdout.write(f"{mark} {verdict.row['id']}: {verdict.detail[:300]}\n")


if __name__ == "__main__":
    main()
