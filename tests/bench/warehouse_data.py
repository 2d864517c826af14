"""Fill a warehouse with realistic invented news, using only bulk SQL.

Articles come in the order in which a running pipeline appends them: roughly by day, some of
them weeks late; one in twenty is edited once. Names, speakers, sources and words follow
power laws. Texts are only words; no transform reads them. Each source has a feed, which is
polled twice per article. One poll in twenty fails. One page in thirty is fetched at the
second attempt, one in a hundred never. Rows are committed as in a year: a few hundred times.
"""

from __future__ import annotations

import math

import duckdb

DAYS = 730
SOURCES = 300  # also the number of feeds
ENTITIES = 60_000
SENTENCES = 400_000
VOCABULARY = 60_000
BATCH = 500
COMMITS = 365

_SETUP = f"""
CREATE OR REPLACE TEMP MACRO u(seed, item) AS (hash(seed, item) >> 11) / 9007199254740992.0;
CREATE OR REPLACE TEMP MACRO word(rank) AS
    left(translate(md5(rank::VARCHAR), '0123456789', 'etaoinshrl'), CAST(2 + floor(ln(rank + 2) * 0.75) AS INTEGER));
CREATE OR REPLACE TEMP MACRO sentence(i, place) AS CAST(floor(u('t', i * 100 + place) * {SENTENCES}) AS BIGINT);
CREATE OR REPLACE TEMP TABLE vocabulary AS SELECT rank, word(rank) AS word FROM range({VOCABULARY} + 1) AS r (rank);
CREATE OR REPLACE TEMP TABLE pool AS
SELECT sentence, string_agg(word, ' ' ORDER BY place) || '.' AS words
FROM (
    SELECT sentence, place, CAST(floor(pow({VOCABULARY}, u('w', sentence * 100 + place))) AS BIGINT) AS rank
    FROM (SELECT DISTINCT sentence(i, place) AS sentence FROM range($total) AS a (i), range(24) AS p (place)), range(18) AS p (place)
) INNER JOIN vocabulary USING (rank)
GROUP BY sentence;
INSERT INTO sources (source_id, name, home_url, country, language, first_seen_at, batch_id)
SELECT 'source' || i || '.example', 'Source ' || i, 'https://source' || i || '.example/', 'XX', 'en',
    TIMESTAMPTZ '2022-01-01 00:00:00+00', 'bulk'
FROM range({SOURCES}) AS r (i);
INSERT INTO feeds (feed_id, source_id, url, kind, title, home_url, state, recorded_at, batch_id)
SELECT 'feed' || i, 'source' || i || '.example', 'https://source' || i || '.example/feed.xml', 'rss', 'Source ' || i,
    'https://source' || i || '.example/', 'listed', TIMESTAMPTZ '2022-01-01 00:00:00+00', 'bulk'
FROM range({SOURCES}) AS r (i);
INSERT INTO entities (entity_id, name, kind, aliases, country, latitude, longitude, batch_id)
SELECT 'n1-' || left(sha256('e' || i), 24), 'Name ' || i, ['person', 'organization', 'place'][1 + i % 3], [], 'XX',
    CASE WHEN i % 3 = 2 THEN -60 + i % 120 END, CASE WHEN i % 3 = 2 THEN -180 + i % 360 END, 'bulk'
FROM range({ENTITIES}) AS r (i);
"""
_ARTICLES = f"""
CREATE OR REPLACE TEMP TABLE chunk AS
SELECT
    i,
    'a1-' || left(sha256('a' || i), 24) AS article_id,
    'b1-' || left(sha256('b' || (i // 500)), 32) AS batch_id,
    CAST(floor(pow({SOURCES}, u('s', i))) - 1 AS INTEGER) AS source,
    'source' || source || '.example' AS source_id,
    'feed' || source AS feed_id,
    TIMESTAMPTZ '2022-01-01 00:00:00+00' + to_seconds(CAST(floor(i * {DAYS} * 86400.0 / $total) AS BIGINT)) AS fetched_at,
    fetched_at - to_seconds(CAST(
        CASE WHEN u('late', i) < 0.03 THEN 86400 * 60 * u('p', i) ELSE 3600 * 12 * u('p', i) END AS BIGINT)) AS published_at,
    CAST(published_at AT TIME ZONE 'UTC' AS DATE) AS published_on,
    i % 20 = 7 AS is_edited
FROM range($first, $last) AS r (i);
CREATE OR REPLACE TEMP TABLE texts AS
SELECT i, string_agg(words || CASE WHEN place % 3 = 2 THEN chr(10) ELSE ' ' END, '' ORDER BY place) AS text
FROM (SELECT i, place, sentence(i, place) AS sentence FROM chunk, range(24) AS p (place)) JOIN pool USING (sentence)
GROUP BY i;
CREATE OR REPLACE TEMP TABLE revisions AS
SELECT chunk.*, revision, text || CASE WHEN revision = 2 THEN chr(10) || 'mended.' ELSE '' END AS text
FROM chunk JOIN texts USING (i), range(1, 3) AS r (revision)
WHERE revision = 1 OR is_edited;
CREATE OR REPLACE TEMP VIEW paged AS
SELECT
    *,
    'd1-' || left(sha256('d' || i || revision), 24) AS document_id,
    'https://' || source_id || '/' || CASE i % 100 WHEN 9 THEN 'gone' ELSE published_on::VARCHAR END || '/' || i || '/' || article_id AS address,
    'n1-' || left(sha256('n' || i), 24) AS entry_id
FROM revisions;
"""
_ROWS = f"""
INSERT INTO documents (document_id, source_id, url, media_type, fetched_at, charset, bytes, sha256, batch_id)
SELECT 'd1-' || left(sha256('d' || i || revision), 24), source_id,
    'https://' || source_id || '/' || published_on || '/' || i || '/' || article_id, 'html', fetched_at, 'utf-8', 60000, sha256('d' || i || revision), batch_id
FROM revisions ORDER BY i;
INSERT INTO articles (article_id, revision, revision_cause, document_id, source_id, url, canonical_url, title, authors,
    published_at, published_on, published_from, published_precision, published_confidence, language, declared_language, publisher,
    description, tags, text, words, content_sha256, text_sha256, extractor, extractor_version,
    transform_version, agreement, visible_chars, opt_out, flags, fetched_at, batch_id)
SELECT article_id, revision, CASE revision WHEN 1 THEN 'first' ELSE 'edited' END,
    'd1-' || left(sha256('d' || i || revision), 24), source_id,
    'https://' || source_id || '/' || published_on || '/' || i || '/' || article_id,
    'https://' || source_id || '/' || published_on || '/' || i || '/' || article_id,
    left(text, 60), ['Name ' || (i % 900)], published_at, published_on, 'json_ld', 'second', 1.0, 'en', 'en',
    source_id, left(text, 150), [], text, length(text) // 6, sha256(text), sha256(text),
    'trafilatura', '2.3.1', 1, 0.9, length(text) + 500, [], [], fetched_at, batch_id
FROM revisions ORDER BY i;
INSERT INTO later_revisions (article_id, revision, batch_id)
SELECT article_id, revision, batch_id FROM revisions WHERE revision > 1 ORDER BY i;
INSERT INTO analyses (article_id, revision, transform, transform_version, items, analysed_at, batch_id)
SELECT article_id, revision, transform, 1, 5, fetched_at, batch_id
FROM revisions, (VALUES ('quotations'), ('mentions'), ('dates')) AS t (transform) ORDER BY i;
INSERT INTO quotations (article_id, revision, start_char, end_char, text, statement, act, kind, fragments, speaker, speaker_text,
    speaker_start_char, speaker_end_char, speaker_name, speaker_role, speaker_entity_id, cue, cue_start_char,
    confidence, fingerprint, transform_version, paragraph, published_at, published_on, source_id, batch_id)
SELECT article_id, revision, k * 400, k * 400 + 120, substring(text, 1 + k * 400, 120),
    substring(text, 1 + k * 400, 120), CASE WHEN k = 4 THEN 'attitude' ELSE 'speech' END, ['direct', 'indirect', 'mixed'][1 + (i + k) % 3], [[k * 400, k * 400 + 120]],
    'Name ' || speaker, 'Name ' || speaker, k * 400 + 125, k * 400 + 135, CASE WHEN u('res', i * 10 + k) < 0.9 THEN 'Name ' || speaker END, 'minister', 'n1-' || left(sha256('e' || speaker), 24),
    'said', k * 400 + 121, 0.9, CASE WHEN u('reuse', i * 10 + k) < 0.1 THEN 'f1-' || left(sha256('f' || (i // 5000) || speaker), 24)
        ELSE 'f1-' || left(sha256('f' || i || k), 24) END,
    1, 1 + k, published_at, published_on, source_id, batch_id
FROM (SELECT *, 3 * CAST(floor(pow({ENTITIES} // 3, u('q', i * 10 + k))) - 1 AS INTEGER) AS speaker FROM revisions, range(5) AS r (k))
ORDER BY i, k;
INSERT INTO mentions (article_id, revision, start_char, end_char, text, kind, entity_id, confidence, candidates,
    transform_version, paragraph, beside, published_at, published_on, source_id, batch_id)
SELECT article_id, revision, k * 120, k * 120 + 8, 'Name ' || entity, ['person', 'organization', 'place'][1 + entity % 3],
    'n1-' || left(sha256('e' || entity), 24), 0.9, [], 1, 1 + k // 3,
    ['n1-' || left(sha256('e' || CAST(floor(pow({ENTITIES}, u('m', i * 100 + other))) - 1 AS INTEGER)), 24)
        FOR other IN [3 * (k // 3), 3 * (k // 3) + 1, 3 * (k // 3) + 2] IF other <> k AND other < 20],
    published_at, published_on, source_id, batch_id
FROM (SELECT *, CAST(floor(pow({ENTITIES}, u('m', i * 100 + k))) - 1 AS INTEGER) AS entity FROM revisions, range(20) AS r (k))
ORDER BY i, k;
INSERT INTO date_mentions (article_id, revision, start_char, end_char, text, type, value, starts_on, ends_on, anchor,
    confidence, transform_version, paragraph, published_at, published_on, source_id, batch_id)
SELECT article_id, revision, k * 400 + 10, k * 400 + 20, 'next month', 'DATE', strftime(day, '%Y-%m-%d'), day, day, 'published',
    0.9, 1, 1 + k, published_at, published_on, source_id, batch_id
FROM (SELECT *, published_on + CAST(40 * u('d', i * 10 + k) - 20 AS INTEGER) AS day FROM revisions, range(3) AS r (k))
ORDER BY i, k;
INSERT INTO rejections (rejection_id, run_id, document_id, item, stage, reason, detail, rejected_at, batch_id)
SELECT 'r1-' || left(sha256('r' || i), 24), 'bulk', NULL, 'https://' || source_id || '/gallery/' || i, 'clean', 'too_short',
    'got 12 words, expected 25', fetched_at, batch_id
FROM chunk WHERE i % 40 = 3;
INSERT INTO batches (batch_id, run_id, committed_at, seen, appended, known, rejected, rows_appended)
SELECT batch_id, 'bulk', max(fetched_at), 500, 500, 0, 0, '{{"articles": 500}}' FROM chunk GROUP BY batch_id;
"""
_FEEDS = """
INSERT INTO polls (feed_id, polled_at, url, outcome, http_status, failure, etag, body_sha256, bytes, entries, new_entries,
    changed_entries, known_entries, dropped_entries, overlap, is_gap_risk, interval_s, failures, conditional_polls,
    redirect_sightings, next_poll_at, flags, batch_id)
SELECT feed_id, polled_at, 'https://' || source_id || '/feed.xml', outcome, CASE outcome WHEN 'failed' THEN 503 WHEN 'new' THEN 200 ELSE 304 END,
    CASE WHEN outcome = 'failed' THEN 'http_503' END, '"' || left(sha256('p' || i), 16) || '"', sha256('p' || i), 40000, 30,
    CASE WHEN outcome = 'new' THEN 1 ELSE 0 END, 0, 29, 0, 0.97, i % 500 = 3, 7200, CASE WHEN outcome = 'failed' THEN 1 ELSE 0 END,
    i % 10, 0, polled_at + INTERVAL 2 HOUR, [], batch_id
FROM (SELECT *, fetched_at - to_seconds(CASE k WHEN 0 THEN 600 ELSE 7800 END) AS polled_at,
          CASE WHEN u('poll', i * 2 + k) < 0.05 THEN 'failed' WHEN k = 0 THEN 'new' ELSE 'unchanged' END AS outcome
      FROM chunk, range(2) AS r (k))
ORDER BY i, k;
INSERT INTO entries (entry_id, feed_id, source_id, status, url, canonical_url, guid, title, authors, published_raw, published_at,
    published_precision, summary, tags, fingerprint, position, flags, seen_at, batch_id)
SELECT entry_id, feed_id, source_id, CASE revision WHEN 1 THEN 'new' ELSE 'changed' END, address, address, address, left(text, 60), [],
    strftime(published_at, '%a, %d %b %Y %H:%M:%S GMT'), published_at, 'second', left(text, 150), [],
    left(sha256(entry_id || revision), 24), 0, [], fetched_at - INTERVAL 10 MINUTE, batch_id
FROM paged ORDER BY i;
INSERT INTO fetches (canonical_url, url, source_id, entry_id, fingerprint, fetched_at, http_status, failure, attempts, next_fetch_at,
    document_id, batch_id)
SELECT address, address, source_id, entry_id, left(sha256(entry_id || revision), 24), fetched_at - to_seconds(attempt * 3600),
    CASE WHEN i % 100 = 9 THEN 404 WHEN attempt = 1 THEN 503 ELSE 200 END,
    CASE WHEN i % 100 = 9 THEN 'http_404' WHEN attempt = 1 THEN 'http_503' END, 2 - attempt,
    CASE WHEN attempt = 1 THEN fetched_at END, CASE WHEN i % 100 <> 9 AND attempt = 0 THEN document_id END, batch_id
FROM paged, range(2) AS r (attempt)
WHERE attempt = 0 OR i % 30 = 4
ORDER BY i;
"""


def fill(con: duckdb.DuckDBPyConnection, articles: int) -> None:
    """Append `articles` articles, each with 5 quotations, 20 mentions and 3 dates."""
    con.execute(_SETUP.replace("$total", str(articles)))
    step = BATCH * math.ceil(articles / COMMITS / BATCH)  # whole batches
    for first in range(0, articles, step):
        last = min(first + step, articles)
        for statement in duckdb.extract_statements(
            _ARTICLES.replace("$total", str(articles))
            .replace("$first", str(first))
            .replace("$last", str(last))
        ):
            con.execute(statement)
        con.execute("BEGIN")
        con.execute(_ROWS)
        con.execute(_FEEDS)
        con.execute("COMMIT")
    con.execute("CHECKPOINT")
