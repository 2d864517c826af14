"""Add to a warehouse of invented news what is found across articles: copies, stories, subjects.

Of about 5,000 articles that come one after another, some hundred tell the largest story and most
tell one that two or three others tell. One article in seven is a copy of an earlier one of its
story. One statement in ten that several articles repeat has another wording in some of them. Each
article has eight keyphrases and a topic of both levels. One article in twenty was edited.
"""

from __future__ import annotations

import duckdb

_WINDOW = 5_000  # articles in the time of a story
_STORIES = 2_500  # in that time

_SETUP = f"""
CREATE OR REPLACE TEMP TABLE linked AS
WITH placed AS (
    SELECT
        article_id, source_id, fetched_at, published_at, published_on, title, batch_id,
        row_number() OVER (ORDER BY fetched_at, article_id) - 1 AS nth
    FROM articles
    WHERE revision = 1
)
SELECT
    *,
    (nth // {_WINDOW}) * {_STORIES}
        + CAST(floor(pow({_STORIES}, (hash('story', nth) >> 11) / 9007199254740992.0)) AS BIGINT) AS story,
    's1-' || left(sha256('s' || story), 24) AS story_id,
    hash('copy', nth) % 7 = 0 AS may_be_copy
FROM placed;
CREATE OR REPLACE TEMP TABLE told AS
SELECT
    *,
    first_value(article_id) OVER story_time AS first_article_id,
    may_be_copy AND row_number() OVER story_time > 1 AS is_copy
FROM linked
WINDOW story_time AS (PARTITION BY story ORDER BY nth);
"""
_ROWS = """
INSERT INTO copies (article_id, revision, cluster_id, copied_article_id, similarity, containment, words_added, words_cut,
    added, cut, transform_version, batch_id)
SELECT article_id, 1, first_article_id, first_article_id, 0.9, 0.95, 12, 20, ['some words that were added'],
    ['some words that were cut'], 2, batch_id
FROM told WHERE is_copy ORDER BY nth;
INSERT INTO story_members (article_id, story_id, moves, similarity, is_copy, linked_at, transform_version, batch_id)
SELECT article_id, story_id, 0, 0.6, is_copy, fetched_at, 1, batch_id FROM told ORDER BY nth;
INSERT INTO story_states (story_id, version, first_at, last_at, central_article_id, texts, reviewed_texts, terms, weights,
    people, people_texts, places, places_texts, batch_id)
SELECT story_id, row_number() OVER (PARTITION BY story_id ORDER BY max(nth)), first_at, max(published_at),
    any_value(first_article_id), count(*), 0,
    [(hash(story_id, k) % 4294967296)::UINTEGER FOR k IN range(30)], [0.1::FLOAT FOR k IN range(30)],
    ['Name ' || 3 * (hash(story_id, k) % 4000) FOR k IN range(3)], [3, 2, 1],
    ['Name ' || 2 + 3 * (hash(story_id, k) % 4000) FOR k IN range(3)], [3, 2, 1], batch_id
FROM (SELECT *, min(published_at) OVER (PARTITION BY story) AS first_at FROM told)
GROUP BY story_id, first_at, batch_id
ORDER BY max(nth);
INSERT INTO story_changes (story_id, other_story_id, kind, articles, changed_at, batch_id)
SELECT 's1-' || left(sha256('s' || story), 24), 's1-' || left(sha256('s' || (story + 2500)), 24), 'followed', 3,
    max(fetched_at), any_value(batch_id)
FROM told WHERE story % 50 = 1 GROUP BY story ORDER BY story;
INSERT INTO statement_wordings (fingerprint, speaker, statement_id, like_fingerprint, containment, transform_version, batch_id)
SELECT fingerprint, speaker, 'f1-' || left(sha256('w' || hash(fingerprint) % 40000), 24),
    fingerprint, 0.9, 1, any_value(batch_id)
FROM quotations GROUP BY fingerprint, speaker HAVING count(*) > 1 AND hash(fingerprint) % 10 = 0;
INSERT INTO keyphrases (article_id, revision, source_id, published_at, published_on, paragraph, start_char, end_char, phrase,
    score, occurrences, transform_version, batch_id)
SELECT article_id, 1, source_id, published_at, published_on, 1, k * 20, k * 20 + 12,
    'phrase ' || CAST(floor(pow(200000, (hash('phrase', nth, k) >> 11) / 9007199254740992.0)) AS BIGINT), 1 - k * 0.1, 2, 1, batch_id
FROM told, range(8) AS r (k) ORDER BY nth, k;
INSERT INTO article_topics (article_id, revision, source_id, published_at, published_on, topic_code, topic, level,
    broader_code, score, evidence, transform_version, batch_id)
SELECT article_id, 1, source_id, published_at, published_on, lpad((topic * level)::VARCHAR, 8, '0'),
    'topic ' || topic * level, level, lpad(topic::VARCHAR, 8, '0'), 0.7,
    [{'term': 'word', 'weight': 2.0, 'occurrences': 2, 'start_char': 10, 'end_char': 14}], 1, batch_id
FROM (SELECT *, 1 + hash('topic', nth) % 17 AS topic FROM told), (VALUES (1), (2)) AS t (level) ORDER BY nth, level;
INSERT INTO changes (article_id, revision, is_headline_changed, is_text_changed, words_added, words_cut, share, headline_diff,
    diff, added, cut, statements_added, statements_altered, statements_removed, names_added, names_removed, numbers_changed,
    transform_version, batch_id)
SELECT article_id, revision, hash(article_id) % 3 = 0, true, 1, 0, 0.01, 'Old headline [-went-]{+goes+}',
    '... {+mended.+}', ['mended.'], [], [], [], [], [], [], [], 1, batch_id
FROM articles WHERE revision = 2 ORDER BY fetched_at;
"""


def fill_linked(con: duckdb.DuckDBPyConnection) -> None:
    """Append copies, stories, wordings, keyphrases, topics and changes of all articles."""
    con.execute(_SETUP)
    con.execute("BEGIN")
    con.execute(_ROWS)
    con.execute("COMMIT")
    con.execute("CHECKPOINT")
