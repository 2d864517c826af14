"""Recent articles whose pages are visited again, and a clock that can be put forward."""

import random
from datetime import UTC, datetime, timedelta

from tests.helpers.builders import NOW
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.spool import Batch, spool

HOUR = timedelta(hours=1)

# Polls keep their times: a test says when the feeds are polled.
CLOCKS = {
    "visits": ("visited_at", "starts_at", "last_seen_at", "gone_since_at", "again_at"),
    "fetches": ("fetched_at", "next_fetch_at"),
    "entries": ("seen_at",),
    "articles": ("fetched_at", "published_at"),
}


def pass_hours(settings, hours):
    """Move everything that happened into the past."""
    with open_live(settings.folder) as con:
        for table, columns in CLOCKS.items():
            moved = ", ".join(f"{name} = {name} - to_minutes($minutes)" for name in columns)
            con.execute(f"UPDATE {table} SET {moved}", {"minutes": round(hours * 60)})


def publish_now(news, path, *, minutes_ago=1):
    """Give the article of a path an instant of publication of today, in its page and its feed."""
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    head, _, rest = news.pages[path].partition(b"published_time' content='")
    tail = rest.partition(b"'")[2]
    stamp = at.replace(microsecond=0).isoformat().encode()
    news.pages[path] = head + b"published_time' content='" + stamp + b"'" + tail
    news.refresh()


def edit_silently(news, path, sentence="The night service has to wait for a new boat."):
    """Change the text of a page and leave its feed as it is."""
    news.pages[path] = news.pages[path].replace(
        b"</article>", f"<p>{sentence}</p></article>".encode()
    )


def without_instant(news, path):
    """Leave the day of publication out of the page of a path and out of its feed."""
    head, _, rest = news.pages[path].partition(b"<meta property='article:published_time'")
    news.pages[path] = head + rest.partition(b">")[2]
    for feed, paths in news.lists.items():
        items = news.pages[feed].split(b"<item>")
        at = paths.index(path) + 1
        head, _, rest = items[at].partition(b"<pubDate>")
        items[at] = head + rest.partition(b"</pubDate>")[2]
        news.pages[feed] = b"<item>".join(items)


def visit_row(
    page, hours_ago, *, published=None, outcome="unchanged", host="harbour.example", **given
):
    """Return a visit; `published` is in hours ago, and defaults to the visit."""
    url, at = f"https://{host}/{page}", NOW - hours_ago * HOUR
    return {
        "article_id": f"a1-{page}", "canonical_url": url, "url": url, "source_id": host,
        "visited_at": at, "outcome": outcome, "document_id": f"d1-{page}", "content_sha256": "c",
        "starts_at": NOW - (hours_ago if published is None else published) * HOUR,
        "last_seen_at": at, "is_gone": False, "failed_visits": 0,
    } | given  # fmt: skip


def entry_of(visited):
    url = visited["canonical_url"]
    return {
        "entry_id": f"e1-{url}", "feed_id": "f1", "source_id": "feeds.example", "status": "new",
        "url": url, "canonical_url": url, "title": "Ferry", "authors": ["Anna Weaver"], "tags": [],
        "flags": ["zone_assumed"], "fingerprint": "p", "position": 0, "seen_at": NOW - 99 * HOUR,
    }  # fmt: skip


def append_visits(folder, *visits, entries=()):
    """Append visits in any order, each page with the entry and the fetch that it had first.

    Args:
        folder: The data folder.
        visits: Rows of `visits`.
        entries: Entries whose pages were never fetched.
    """
    rows = random.sample(visits, len(visits))
    first = {row["canonical_url"]: entry_of(row) for row in rows}
    fetches = [
        {
            name: row[name]
            for name in ("canonical_url", "url", "source_id", "entry_id", "fingerprint")
        }
        | {"fetched_at": row["seen_at"], "attempts": 1}
        for row in first.values()
    ]
    batch = Batch(run_id="run-1")
    batch.add({"visits": rows, "entries": [*first.values(), *entries], "fetches": fetches})
    with open_live(folder) as con:
        append_batch(con, spool(batch, folder.spool))
