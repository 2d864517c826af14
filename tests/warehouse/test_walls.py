"""Pages behind walls and pages that are no article, as the views show them."""

from datetime import timedelta

import pytest

from tests.helpers.builders import NOW
from transforms.cleaning.refusals import PAGE_TYPES, RETRIED, WALLS
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.queries import REJECTION_COUNTS, WALL_COUNTS
from warehouse.spool import Batch, spool

SITE = "https://harbor.example"
LATER = NOW + timedelta(hours=1)


def fetch(page, failure=None, **given):
    return {
        "canonical_url": f"{SITE}/{page}", "url": f"{SITE}/{page}", "source_id": "harbor.example",
        "entry_id": f"e1-{page}", "fingerprint": "p1", "fetched_at": NOW, "attempts": 1,
        "failure": failure, "document_id": f"d1-{page}",
    } | given  # fmt: skip


def refusal(page, reason, stage="clean"):
    return {
        "rejection_id": f"r1-{page}", "run_id": "run-1", "item": f"{SITE}/{page}", "stage": stage,
        "reason": reason, "detail": "as it says", "rejected_at": NOW,
    }  # fmt: skip


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("walls"))
    batch = Batch(run_id="run-1")
    batch.add(
        {
            "fetches": [
                fetch("repair", "maintenance", next_fetch_at=LATER),
                fetch("consent", "consent_wall", next_fetch_at=NOW),
                fetch("consent", "consent_wall", fetched_at=LATER, attempts=5),
                fetch("lifted", "maintenance", next_fetch_at=NOW),
                fetch("lifted", fetched_at=LATER, attempts=2),
                fetch("shop"),
                fetch("lost", "not_found", document_id=None),
            ],
            "rejections": [
                refusal("repair", "maintenance"),
                refusal("consent", "consent_wall"),
                refusal("lifted", "maintenance"),
                *(refusal(f"shop/{number}", "product") for number in range(5)),
                refusal("lost", "not_found", stage="fetch"),
            ],
        }
    )
    with open_live(folder) as con:
        append_batch(con, spool(batch, folder.spool))
        yield con


def test_reasons_and_their_meanings_are_those_of_the_pipeline(con):
    found = con.execute("FROM refusal_reasons").fetchall()
    walls = {(reason, "wall", WALLS[reason]) for reason in RETRIED}
    others = {("section_front", "no_article", WALLS["section_front"])}
    others |= {
        (name, "no_article", meaning) for name, meaning in PAGE_TYPES.items() if name != "article"
    }
    assert set(found) == walls | others
    assert len(found) == len(set(found))


def test_walls_are_the_pages_that_wait_or_were_given_up(con):
    assert con.execute("SELECT url, reason, state, attempts FROM walls ORDER BY 1").fetchall() == [
        (f"{SITE}/consent", "consent_wall", "given_up", 5),
        (f"{SITE}/repair", "maintenance", "waiting", 1),
    ]


def test_coverage_tells_walls_from_pages_that_are_no_article(con):
    asked = "SELECT failed, walls, fetched, rejected, no_articles, why_not FROM coverage"
    # Five products were refused, more than anything else, but nothing is missing.
    assert con.execute(asked).fetchall() == [(1, 3, 2, 9, 5, "maintenance")]


def test_status_counts_walls_and_says_what_kind_of_rejections_there_are(con):
    assert con.execute(WALL_COUNTS).fetchall() == [
        ("maintenance", 1, 0, LATER),
        ("consent_wall", 0, 1, None),
    ]
    kinds = {row[1]: row[2] for row in con.execute(REJECTION_COUNTS).fetchall()}
    assert kinds == {
        "product": "no_article", "maintenance": "wall", "consent_wall": "wall", "not_found": "fault"
    }  # fmt: skip
