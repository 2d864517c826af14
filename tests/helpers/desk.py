"""Rows of feeds, refusals and runs as of today, published for the pages."""

from datetime import UTC, datetime, timedelta

from tests.helpers.site import site_client
from warehouse.append import append_rows
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
HOST = "https://harbour-times.example"


def desk_client(folder, **settings):
    """Return a client of the pages that goes where a form leads it."""
    client = site_client(folder, **settings)
    client.follow_redirects = True
    return client


def feed_row(name, **given):
    return {
        "feed_id": f"f1-{name}", "source_id": "harbour-times.example", "url": f"{HOST}/{name}.xml",
        "title": name.title(), "kind": "rss", "state": "listed", "recorded_at": NOW - 60 * DAY,
        "batch_id": "b",
    } | given  # fmt: skip


def poll_row(name, at=NOW, **given):
    return {
        "feed_id": f"f1-{name}", "polled_at": at, "url": f"{HOST}/{name}.xml", "outcome": "new",
        "flags": [], "entries": 9, "new_entries": 1, "changed_entries": 0, "known_entries": 0,
        "dropped_entries": 0, "is_gap_risk": False, "conditional_polls": 0, "http_status": 200,
        "redirect_sightings": 0, "failures": 0.0, "interval_s": 3600.0, "batch_id": "b",
    } | given  # fmt: skip


def entry_row(number, at, *, name="world", **given):
    url = f"{HOST}/{number}"
    return {
        "entry_id": f"{name}-{number}", "feed_id": f"f1-{name}", "status": "new", "seen_at": at,
        "source_id": "harbour-times.example", "position": 0, "url": url, "canonical_url": url,
        "title": f"Boat {number}", "authors": [], "tags": [], "flags": [], "fingerprint": "a",
        "batch_id": "b",
    } | given  # fmt: skip


def fetch_row(number, at, **given):
    url = f"{HOST}/{number}"
    return {
        "canonical_url": url, "url": url, "source_id": "harbour-times.example", "entry_id": "e",
        "fingerprint": "a", "fetched_at": at, "attempts": 1, "document_id": f"d-{number}",
        "batch_id": "b",
    } | given  # fmt: skip


def rejection_row(number, **given):
    return {
        "rejection_id": f"r-{number}", "run_id": "run-1", "document_id": None,
        "item": f"{HOST}/{number}", "stage": "clean", "reason": "too_short",
        "detail": "80 characters", "rejected_at": NOW, "batch_id": "b",
    } | given  # fmt: skip


def document_row(number, **given):
    return {
        "document_id": f"d-{number}", "source_id": "harbour-times.example",
        "url": f"{HOST}/{number}", "media_type": "html", "charset": "utf-8", "bytes": 9,
        "sha256": "0", "http_status": 200, "fetched_at": NOW, "batch_id": "b",
    } | given  # fmt: skip


def run_row(key, state="completed", **given):
    return {
        "run_id": key, "flow": "ingest", "state": state, "recorded_at": NOW,
        "started_at": NOW - timedelta(minutes=2), "seen": 9, "appended": 7, "known": 1,
        "rejected": 1, "seconds": 61.5, "parameters": '{"feeds": 3, "only": null}',
        "host": "elsewhere", "pid": 1,
    } | given  # fmt: skip


def add_rows(folder, *, is_published=True, **tables):
    """Append rows to tables of the live file, and publish it."""
    at = DataFolder(folder)
    with open_live(at) as con:
        for table, rows in tables.items():
            append_rows(con, table, rows)
    if is_published:
        publish(at)
