"""New articles for a large warehouse: CPU seconds to append them and to compare them with watches."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace
from datetime import UTC, date, datetime

import duckdb

from tests.helpers.builders import make_batch
from tests.helpers.stories import make_story
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.spool import spool
from warehouse.watch_matching import look, newest_commit
from warehouse.watches import add_watch, make_watch, remove_watch

_BATCH, _WATCHED, _WATCHES = 500, 50, 100
_ASKED = {
    "few match": (
        {"words": '"zeppelin over harbour" -nato'}, {"words": "zeppelin OR airship"},
        {"speaker": "Jane Doe"}, {"entity": "Nobody", "words": "harbour"},
    ),
    "all match": (
        {"words": '"harbour and its" -nato'}, {"words": "crane* OR budget"},
        {"speaker": "Ana Ruiz"}, {"words": "harbour language:en"},
    ),
}  # fmt: skip
_numbers = itertools.count()


def append_new(folder: DataFolder) -> float:
    """Return the seconds to append 500 articles, including open and close."""
    batch = spool(make_batch(*(_story() for _ in range(_BATCH))), folder.spool)
    started = time.process_time()
    with open_live(folder) as con:
        append_batch(con, batch)
    seconds = time.process_time() - started
    batch.remove()
    return seconds


def watch_new(folder: DataFolder) -> dict[str, float]:
    """Return the seconds to compare 50 new articles with 100 watches."""
    found = {}
    for what, asked in _ASKED.items():
        with open_live(folder) as con:
            for number in range(_WATCHES):
                _watch(con, f"watch-{number}", **asked[number % len(asked)])
            batch = spool(make_batch(*(_story() for _ in range(_WATCHED))), folder.spool)
            append_batch(con, batch)
            batch.remove()
            started = time.process_time()
            look(con, now=datetime.now(UTC))
            found[f"watches, {what}"] = time.process_time() - started
            for number in range(_WATCHES):
                remove_watch(con, f"watch-{number}", now=datetime.now(UTC))
    return found


def _watch(con: duckdb.DuckDBPyConnection, name: str, **asked: str) -> None:
    watch = make_watch(name, **{"words": None, "speaker": None, "entity": None} | asked)
    since = newest_commit(con) or watch.starts_after
    add_watch(con, replace(watch, starts_after=since), [], now=datetime.now(UTC))


def _story():
    number = next(_numbers)
    key = f"{time.time_ns()}-{number}"
    names = [(f"Name {at} of {number % 1000}", "person") for at in range(20)]
    text = f"Report {key}\n" + "\n".join(
        f"{name} spoke of the harbour and its cranes, said Ruiz {at}."
        for at, (name, _) in enumerate(names)
    )
    said = [
        (f"of the harbour and its cranes, said Ruiz {at}", "Ana Ruiz", None, "indirect")
        for at in range(5)
    ]
    day = date(2024, 1, 1).isoformat()
    return make_story(text, url=f"https://a.example/{key}", day=day, said=said, named=names)
