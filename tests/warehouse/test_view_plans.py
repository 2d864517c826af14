"""How DuckDB runs queries on the views: the first rows must not cost as much as all of them."""

import json

import pytest

from warehouse.connect import open_live, open_snapshot
from warehouse.folder import DataFolder
from warehouse.publish import publish

ARTICLES = 20_000
# Rows that the plans depend on only by their number; one article in twenty was edited.
ROWS = f"""
INSERT INTO articles (article_id, revision, revision_cause, document_id, source_id, title, authors, tags, text, words,
    content_sha256, text_sha256, extractor, extractor_version, transform_version, visible_chars, opt_out, flags, fetched_at,
    published_on, batch_id)
SELECT 'a' || i, revision, 'first', 'd' || i, 's.example', 'Title', [], [], 'Text', 1, 'x', 'x', 'trafilatura', '1', 1, 4,
    [], [], now(), DATE '2024-01-01' + (i % 300)::INTEGER, 'b1'
FROM range({ARTICLES}) AS r (i), range(1, 3) AS v (revision) WHERE revision = 1 OR i % 20 = 0;
INSERT INTO quotations (article_id, revision, start_char, end_char, text, statement, act, kind, fragments, speaker,
    confidence, transform_version, paragraph, published_on, source_id, batch_id)
SELECT article_id, revision, k, k + 4, 'Text', 'Text', 'speech', 'direct', [[k, k + 4]], 'Name ' || hash(article_id) % 90, 0.9,
    1, 1, published_on, 's.example', 'b1'
FROM articles, range(5) AS r (k);
INSERT INTO mentions (article_id, revision, start_char, end_char, text, kind, entity_id, confidence, candidates,
    transform_version, paragraph, beside, published_on, source_id, batch_id)
SELECT article_id, revision, k, k + 4, 'Name', 'person', 'n' || hash(article_id, k) % 90, 0.9, [], 1, 1, [], published_on,
    's.example', 'b1'
FROM articles, range(20) AS r (k);
INSERT INTO entities (entity_id, name, kind, aliases, batch_id)
SELECT 'n' || i, 'Name ' || i, 'person', [], 'b1' FROM range(90) AS r (i);
INSERT INTO analyses (article_id, revision, transform, transform_version, items, analysed_at, batch_id)
SELECT article_id, revision, transform, 1, 5, now(), 'b1'
FROM articles, (VALUES ('quotations'), ('mentions'), ('dates')) AS t (transform);
"""  # fmt: skip


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("plans"))
    with open_live(folder) as con:
        con.execute(ROWS)
    publish(folder)
    with open_snapshot(folder) as con:
        yield con


def tables_in_memory(plan):
    """Return the tables that joins read into memory whole before they return their first row."""
    name = plan["name"].strip()
    children = plan["children"]
    kept = set()
    if name == "HASH_JOIN":
        kept = scanned(children[1])
    return kept.union(*(tables_in_memory(child) for child in children))


def scanned(plan):
    table = plan["extra_info"].get("Table", "").rpartition(".")[2]
    return {table}.union(*(scanned(child) for child in plan["children"])) - {""}


@pytest.mark.parametrize(
    ("view", "table"),
    [
        ("said", "quotations"),
        ("attributed", "quotations"),
        ("latest_quotations", "quotations"),
        ("latest_mentions", "mentions"),
        ("mentioned", "mentions"),
    ],
)
def test_first_rows_do_not_read_the_largest_table_into_memory(snapshot, view, table):
    ((_, plan),) = snapshot.execute(f"EXPLAIN (FORMAT json) FROM {view} LIMIT 10").fetchall()
    (root,) = json.loads(plan)
    assert table in scanned(root)
    assert table not in tables_in_memory(root)
