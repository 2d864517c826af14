-- The last visit decides. If it failed, the last one that found the page missing says how.
CREATE OR REPLACE VIEW disappeared AS
WITH gone AS (
    SELECT
        visits.article_id,
        max_by(visits.source_id, visits.visited_at) AS source_id,
        max_by(visits.url, visits.visited_at) AS url,
        max_by(visits.last_seen_at, visits.visited_at) AS last_seen_at,
        max_by(visits.gone_since_at, visits.visited_at) AS gone_since_at,
        max_by(visits.reason, visits.visited_at) FILTER (visits.outcome = 'missing') AS how,
        max_by(visits.detail, visits.visited_at) FILTER (visits.outcome = 'missing') AS detail,
        max(visits.visited_at) AS visited_at
    FROM visits
    SEMI JOIN (SELECT DISTINCT article_id FROM visits WHERE is_gone) AS once_gone USING (article_id)
    WHERE visits.visited_at <= now() + INTERVAL 1 HOUR -- later ones were made by a wrong clock
    GROUP BY visits.article_id
    HAVING max_by(visits.is_gone, visits.visited_at)
)
SELECT
    gone.article_id,
    gone.source_id,
    gone.url,
    latest_articles.title,
    gone.last_seen_at,
    gone.gone_since_at,
    gone.how,
    gone.detail,
    gone.visited_at
FROM gone
JOIN latest_articles USING (article_id);
COMMENT ON VIEW disappeared IS 'One row per article whose page is gone; the article itself stays in the warehouse. A page that returns has no row';
COMMENT ON COLUMN disappeared.url IS 'URL of the page, without secrets';
COMMENT ON COLUMN disappeared.how IS 'not_found (404), gone (410), home_page (the address leads there), section_front, listing, collection (what stands there now) or soft_404 (the page says so)';
COMMENT ON COLUMN disappeared.detail IS 'What was found, one line';
COMMENT ON COLUMN disappeared.visited_at IS 'When the page was last visited, UTC';

-- An edit is announced if the feed changed an entry of the page after the page last showed the
-- earlier version, and before it last showed this one: a later change announces a later edit.
-- Two versions of the cleaning step may read one page differently: this is no edit.
CREATE OR REPLACE VIEW silent_edits AS
WITH edits AS MATERIALIZED (
    SELECT
        later.article_id,
        later.revision,
        later.source_id,
        visits.url,
        visits.canonical_url,
        earlier.title AS earlier_title,
        later.title AS later_title,
        later.text_sha256 != earlier.text_sha256 AS is_text_changed,
        visits.starts_at,
        visits.visited_at AS found_at,
        following.fetched_at AS next_at
    FROM visits
    JOIN articles AS later
        ON later.article_id = visits.article_id
        AND later.document_id = visits.document_id
        AND later.revision_cause = 'edited'
    JOIN articles AS earlier
        ON earlier.article_id = later.article_id
        AND earlier.revision = later.revision - 1
        AND earlier.transform_version = later.transform_version
        AND (earlier.extractor != later.extractor OR earlier.extractor_version = later.extractor_version)
    LEFT JOIN articles AS following
        ON following.article_id = later.article_id AND following.revision = later.revision + 1
    WHERE visits.outcome = 'changed'
),
looks AS (
    SELECT visits.canonical_url, visits.visited_at AS seen_at
    FROM visits
    SEMI JOIN edits USING (canonical_url)
    WHERE visits.last_seen_at = visits.visited_at
    UNION ALL
    SELECT fetches.canonical_url, fetches.fetched_at AS seen_at
    FROM fetches
    SEMI JOIN edits USING (canonical_url)
    WHERE fetches.failure IS NULL
),
seen AS (
    SELECT
        edits.article_id,
        edits.revision,
        max(looks.seen_at) FILTER (looks.seen_at < edits.found_at) AS earlier_seen_at,
        max(looks.seen_at) FILTER (looks.seen_at < edits.next_at) AS later_seen_at
    FROM edits
    JOIN looks USING (canonical_url)
    GROUP BY edits.article_id, edits.revision
),
announced AS (
    SELECT
        edits.article_id,
        edits.revision,
        min(entries.seen_at) AS announced_at
    FROM edits
    JOIN seen USING (article_id, revision)
    JOIN entries USING (canonical_url)
    WHERE
        entries.status = 'changed'
        AND entries.seen_at > seen.earlier_seen_at
        AND (edits.next_at IS NULL OR entries.seen_at <= seen.later_seen_at)
    GROUP BY edits.article_id, edits.revision
)
SELECT
    edits.article_id,
    edits.revision,
    edits.source_id,
    edits.url,
    edits.earlier_title,
    edits.later_title,
    edits.is_text_changed,
    seen.earlier_seen_at,
    edits.found_at,
    round((epoch_us(edits.found_at) - epoch_us(edits.starts_at)) / 3600000000, 1) AS hours_after_publication,
    announced.announced_at IS NOT NULL AS is_announced,
    announced.announced_at
FROM edits
LEFT JOIN seen USING (article_id, revision)
LEFT JOIN announced USING (article_id, revision);
COMMENT ON VIEW silent_edits IS 'One row per edit that a planned visit found. An edit that was fetched because its feed announced it has no row here';
COMMENT ON COLUMN silent_edits.revision IS 'Revision with the later version; the earlier one is the revision before';
COMMENT ON COLUMN silent_edits.url IS 'URL of the page, without secrets';
COMMENT ON COLUMN silent_edits.earlier_title IS 'Headline before the edit';
COMMENT ON COLUMN silent_edits.later_title IS 'Headline after the edit; the same if only the text changed';
COMMENT ON COLUMN silent_edits.is_text_changed IS 'Whether the text changed; if not, only the headline did';
COMMENT ON COLUMN silent_edits.earlier_seen_at IS 'When the page last showed the earlier version, UTC';
COMMENT ON COLUMN silent_edits.found_at IS 'When a visit found the later version, UTC; the edit was made between the two';
COMMENT ON COLUMN silent_edits.hours_after_publication IS 'Hours from publication (or first fetch, see visits.starts_at) to found_at';
COMMENT ON COLUMN silent_edits.is_announced IS 'Whether a poll also saw a changed entry for this edit';
COMMENT ON COLUMN silent_edits.announced_at IS 'When a poll first saw that entry, UTC; NULL without one';
