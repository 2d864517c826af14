"""Queries on the tables of feeds; the order of their rows must not matter."""

import random
from datetime import timedelta

import pytest

from tests.helpers.builders import NOW
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.feed_queries import settle_batches, wanted_pages
from warehouse.folder import DataFolder
from warehouse.spool import Batch, spool

# The wanted pages, computed without batches.
WANTED = """
SELECT newest.canonical_url, newest.entry_id, newest.fingerprint, newest.title,
    CASE WHEN latest_fetches.fingerprint = newest.fingerprint THEN latest_fetches.attempts ELSE 0 END
FROM (
    FROM entries
    WHERE canonical_url IS NOT NULL AND status IN ('new', 'changed')
    QUALIFY row_number() OVER (PARTITION BY canonical_url ORDER BY seen_at DESC, entry_id) = 1
) AS newest
LEFT JOIN latest_fetches USING (canonical_url)
WHERE latest_fetches.canonical_url IS NULL
    OR latest_fetches.fingerprint != newest.fingerprint
    OR latest_fetches.next_fetch_at <= $now
ORDER BY newest.seen_at, newest.canonical_url
"""


@pytest.fixture
def folder(tmp_path):
    return DataFolder(tmp_path)


def entry(page, said, at, *, status="new"):
    url = f"https://harbor.example/{page}" if page is not None else None
    return {
        "entry_id": f"e1-{page}-{said}", "feed_id": "f1", "source_id": "harbor.example",
        "status": status, "url": url, "canonical_url": url, "title": f"It says {said}",
        "authors": [], "tags": [], "flags": [], "fingerprint": said, "position": 0, "seen_at": at,
    }  # fmt: skip


def fetch(page, said, at, *, again_at=None, attempts=1):
    url = f"https://harbor.example/{page}"
    return {
        "canonical_url": url, "url": url, "source_id": "harbor.example",
        "entry_id": f"e1-{page}-{said}", "fingerprint": said, "fetched_at": at, "attempts": attempts, "next_fetch_at": again_at,
    }  # fmt: skip


def append(con, folder, **rows):
    batch = Batch(run_id="run-1")
    batch.add(rows)
    append_batch(con, spool(batch, folder.spool))


def wanted(con, now):
    pages = wanted_pages(con, now, most=1000)
    return [(p.canonical_url, p.entry_id, p.fingerprint, p.title, p.attempts) for p in pages]


@pytest.mark.parametrize("seed", range(4))
def test_wanted_pages_do_not_depend_on_settled_batches(folder, seed):
    dice = random.Random(seed)
    latest = dict.fromkeys(range(12), "a")
    with open_live(folder) as con:
        for step in range(30):
            # a batch may wait in the spool, so its rows can be older than those appended before it
            at = NOW + timedelta(hours=step - dice.choice([0, 0, 0, 7]), seconds=step)
            pages = [dice.randrange(12) for _ in range(3)]
            if dice.random() < 0.4:
                said, status = dice.choice("abc"), dice.choice(["new", "changed", "renamed"])
                latest |= dict.fromkeys(pages, said)
                seen = [entry(page, said, at, status=status) for page in pages]
                append(con, folder, entries=[*seen, entry(None, said, at)])
            else:
                again_at = dice.choice([None, None, None, at + timedelta(hours=dice.randrange(9))])
                got = [fetch(page, latest[page], at, again_at=again_at) for page in pages]
                append(con, folder, fetches=got)
            if dice.random() < 0.5:
                settle_batches(con)
            now = NOW + timedelta(hours=step)
            assert wanted(con, now) == con.execute(WANTED, {"now": now}).fetchall()
        assert con.execute("SELECT count(*) > 3 FROM settled_batches").fetchone() == (True,)


def test_batch_is_settled_once_and_only_when_no_page_of_it_waits(folder):
    later = NOW + timedelta(hours=1)
    with open_live(folder) as con:
        append(con, folder, entries=[entry(1, "a", NOW), entry(2, "a", NOW)])
        append(con, folder, fetches=[fetch(1, "a", later)])
        settled = "SELECT count(*) FROM settled_batches"
        settle_batches(con)
        assert con.execute(settled).fetchone() == (1,)
        append(con, folder, fetches=[fetch(2, "a", later)])
        settle_batches(con)
        settle_batches(con)
        assert con.execute(settled).fetchone() == (3,)
        assert con.execute("SELECT count(*) FROM unsettled_pages").fetchone() == (0,)
