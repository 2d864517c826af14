"""Recent articles whose pages are visited again, and a clock that can be put forward."""

from datetime import UTC, datetime, timedelta

from warehouse.connect import open_live

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
