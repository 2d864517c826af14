"""A warehouse with documents loaded on different days, without worker processes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from flows.runs.batches import analyse_items, append_analysed
from flows.runs.items import Item
from tests.helpers.builders import make_document, make_run
from tests.helpers.in_process import analyse_in_process
from warehouse.connect import open_live
from warehouse.publish import publish

LAST_DAY = datetime(2024, 7, 1, 12, 0, tzinfo=UTC)
WORKERS: Any = SimpleNamespace(
    analyse=lambda documents, now: analyse_in_process(None, documents, now=now)
)


def day(age):
    """Return the instant `age` days before the last day."""
    return LAST_DAY - timedelta(days=age)


def text(word):
    return (
        f"The {word} was late again on Monday. “We waited long enough,” the mayor of {word} said."
    )


def take(settings, age, *pages):
    """Load pages (URL and word) as a run `age` days ago would have done."""
    run = replace(make_run(settings.data), settings=settings, now=day(age))
    items = [
        Item(url, make_document(text(word), url=url, media_type="text", fetched_at=run.now))
        for url, word in pages
    ]
    append_analysed(run, analyse_items(run, WORKERS, items))


def fill(settings):
    """Load old, middle and new pages; a new one has the same text as an old one."""
    take(settings, 100, ("https://a.example/1", "ferry"), ("https://a.example/2", "train"))
    take(settings, 60, ("https://a.example/3", "tram"))
    take(settings, 1, ("https://a.example/4", "train"), ("https://a.example/5", "bus"))
    publish(settings.folder, wait_s=0)


def places(settings):
    """Return the place in the archive of each page, by its URL."""
    with open_live(settings.folder, wait_s=0) as con:
        rows = con.execute("SELECT url, warc_file, warc_offset FROM documents").fetchall()
    return {url: (file, offset) for url, file, offset in rows}


def sizes(folder):
    return {path.name: path.stat().st_size for path in folder.archive.iterdir()}
