"""The index says where speakers, names, wordings and articles are: in the rows that the views have."""

from datetime import date

import pytest

from tests.helpers.builders import NOW, VERSIONS
from tests.helpers.stories import append_stories, make_story
from warehouse.append import append_batch
from warehouse.compact import compact
from warehouse.connect import open_live, open_snapshot
from warehouse.folder import DataFolder
from warehouse.publish import copy_live, publish
from warehouse.rows import again_rows
from warehouse.search_index import indexed_months, update_index
from warehouse.search_places import ALL_DAYS, Places, Span, narrowed
from warehouse.search_reader import SearchReader
from warehouse.spool import Batch, spool

# The speaker of the first statement is named between its pieces: it is not about her.
STRIKE = make_story(
    "Strike ends\n“The docks”, said Ana Ruiz, “open at dawn in Aldersund.” Piet Soll said Ana Ruiz was right.",
    url="https://a.example/strike",
    day="2024-01-30",
    said=[
        (["The docks", "open at dawn in Aldersund."], "Ana Ruiz", "mayor", "direct", {"speaker_entity_id": "n1-ana-ruiz"}),
        ("Ana Ruiz was right", "Piet Soll", None, "indirect"),
    ],
    named=[("Ana Ruiz", "person"), ("Aldersund", "place")],
)  # fmt: skip
FERRY = make_story(
    "Ferry late\n“We wait,” said Ana Ruiz in Aldersund. She wants to leave Aldersund.",
    url="https://b.example/ferry",
    day="2024-02-02",
    said=[("We wait,", "Ana Ruiz", "mayor", "direct")],
    named=[("Ana Ruiz", "person"), ("Aldersund", "place")],
)
EDITED = make_story(
    "Ferry late\nNobody in Aldersund was there to comment on the ferry.",
    url="https://b.example/ferry",
    day="2024-02-02",
    named=[("Aldersund", "place")],
)
NOTICE = make_story(
    "Notice\n“We wait,” said Ana Ruiz.",
    url="https://c.example/notice",
    day=None,
    said=[("We wait,", "Ana Ruiz", None, "direct")],
    named=[("Ana Ruiz", "person")],
)
_ABOUT = (
    "(article_id, start_char) IN"
    " (SELECT (article_id, start_char) FROM said_mentions WHERE entity_id = $value)"
)
# How each kind of value is looked for without the index.
PLAIN = {
    "speaker": ("latest_quotations", "speaker = $value"),
    "speaker_entity": ("latest_quotations", "speaker_entity_id = $value"),
    "entity": ("latest_mentions", "entity_id = $value"),
    "wording": ("current_quotations", "fingerprint = $value"),
    "about": ("latest_quotations", _ABOUT),
    "article": ("latest_articles", "article_id = $value"),
}
VALUES = """
SELECT DISTINCT unnest([speaker, speaker_entity_id, fingerprint]) AS value FROM quotations
UNION SELECT entity_id FROM mentions
UNION SELECT article_id FROM articles
"""


def add(folder, *stories):
    with open_live(folder) as con:
        append_stories(con, folder.spool, *stories)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("places"))
    add(folder, STRIKE)
    publish(folder)
    add(folder, FERRY, NOTICE)
    add(folder, EDITED)
    publish(folder)
    return folder


def rows_by_index(folder, kind, value, relation, span=ALL_DAYS):
    """Return the rows of a relation that the index names, None if the snapshot has no index."""
    reader = SearchReader(folder)
    with reader.reading_of(folder.newest.resolve()) as opened:
        if opened is None:
            return None
        con, months = opened
        numbers = Places(con, months, kind, [value]).rows(span)
    reader.close()
    with open_snapshot(folder) as con, narrowed(con, relation, numbers):
        return con.execute(f"FROM {relation} ORDER BY ALL").fetchall()


def rows_by_query(folder, relation, condition, value):
    with open_snapshot(folder) as con:
        return con.execute(f"FROM {relation} WHERE {condition} ORDER BY ALL", {"value": value}).fetchall()  # fmt: skip


@pytest.mark.parametrize("kind", PLAIN)
def test_index_names_exactly_the_rows_that_a_query_finds(folder, kind):
    relation, condition = PLAIN[kind]
    with open_snapshot(folder) as con:
        values = [value for (value,) in con.execute(VALUES).fetchall() if value]
    found = 0
    for value in values:
        rows = rows_by_index(folder, kind, value, relation)
        assert rows == rows_by_query(folder, relation, condition, value), value
        found += len(rows)
    assert found >= 1


def test_rows_of_some_days(folder):
    def days(span):
        found = rows_by_index(folder, "entity", "n1-aldersund", "latest_mentions", span)
        return [row[11] for row in found]

    with open_snapshot(folder) as con:
        names = [column[0] for column in con.execute("FROM latest_mentions LIMIT 0").description]
    assert names[11] == "published_on"
    assert days(Span(date(2024, 2, 1))) == [date(2024, 2, 2)]
    assert days(Span(None, date(2024, 1, 31))) == [date(2024, 1, 30)]
    assert days(Span(is_undated=True)) == []
    (row,) = rows_by_index(
        folder, "speaker", "Ana Ruiz", "latest_quotations", Span(is_undated=True)
    )
    assert None in row


def test_days_are_counted_newest_first(folder):
    with SearchReader(folder).reading_of(folder.newest.resolve()) as opened:
        assert opened is not None
        con, months = opened
        places = Places(con, months, "speaker", ["Ana Ruiz"])
        assert places.days() == [(date(2024, 1, 30), 1), (None, 1)]
        assert len(places.articles(ALL_DAYS)) == 2
        assert Places(con, months, "speaker", ["Nobody"]).days() == []


@pytest.fixture
def changing(tmp_path):
    folder = DataFolder(tmp_path)
    add(folder, STRIKE, FERRY)
    publish(folder)
    return folder


def test_snapshot_that_is_not_indexed_yet_has_no_places(changing):
    folder = changing
    add(folder, NOTICE)
    copy_live(folder)
    assert rows_by_index(folder, "speaker", "Ana Ruiz", "latest_quotations") is None
    update_index(folder)
    assert len(rows_by_index(folder, "speaker", "Ana Ruiz", "latest_quotations")) == 3


def test_rows_are_found_after_they_moved(tmp_path):
    """Compaction gives rows other numbers: the months are indexed again, their texts are not."""
    folder = DataFolder(tmp_path)
    add(folder, FERRY)
    add(folder, STRIKE)
    publish(folder)
    before = [month.file for month in indexed_months(folder)]
    compact(folder)
    publish(folder)
    assert not {month.file for month in indexed_months(folder)} & set(before)
    for speaker in ("Ana Ruiz", "Piet Soll"):
        rows = rows_by_index(folder, "speaker", speaker, "latest_quotations")
        assert rows == rows_by_query(folder, "latest_quotations", "speaker = $value", speaker) != []


def test_statements_that_a_new_analysis_does_not_find_are_gone(changing):
    folder = changing
    with open_live(folder) as con:
        ((batch_id,),) = con.execute("SELECT DISTINCT batch_id FROM quotations").fetchall()
        again = again_rows(
            make_story(FERRY.article.text, url="https://b.example/ferry", day="2024-02-02"),
            transforms={"quotations"},
            revision=1,
            replaces={"quotations": batch_id},
            now=NOW,
            versions=VERSIONS | {"quotations": 2},
        )
        batch = Batch(run_id="run-2", seen=1)
        batch.add(again)
        append_batch(con, spool(batch, folder.spool))
    publish(folder)
    rows = rows_by_index(folder, "speaker", "Ana Ruiz", "latest_quotations")
    assert rows == rows_by_query(folder, "latest_quotations", "speaker = $value", "Ana Ruiz")
    assert len(rows) == 1
