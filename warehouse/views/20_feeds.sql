-- A row that is more than an hour ahead of the clock was made while the clock was wrong. Here and
-- in other views it counts as older than all others, so that it hides no later row.
CREATE OR REPLACE VIEW latest_feeds AS
SELECT
    feeds.feed_id,
    feeds.source_id,
    feeds.url,
    feeds.kind,
    feeds.title,
    feeds.home_url,
    feeds.language,
    feeds.folder,
    feeds.state,
    feeds.recorded_at
FROM feeds
QUALIFY row_number() OVER (
    PARTITION BY feeds.feed_id
    ORDER BY feeds.recorded_at > now() + INTERVAL 1 HOUR, feeds.recorded_at DESC
) = 1;
COMMENT ON VIEW latest_feeds IS 'The current state of each feed';

CREATE OR REPLACE VIEW latest_polls AS
SELECT
    polls.feed_id,
    polls.polled_at,
    polls.url,
    polls.outcome,
    polls.http_status,
    polls.failure,
    polls.detail,
    polls.etag,
    polls.last_modified,
    polls.body_sha256,
    polls.entries,
    polls.new_entries,
    polls.overlap,
    polls.is_gap_risk,
    polls.interval_s,
    polls.failures,
    polls.conditional_polls,
    polls.redirect_url,
    polls.redirect_sightings,
    polls.next_poll_at,
    polls.disabled_reason,
    polls.changed_at
FROM polls
QUALIFY row_number() OVER (
    PARTITION BY polls.feed_id
    ORDER BY polls.polled_at > now() + INTERVAL 1 HOUR, polls.polled_at DESC
) = 1;
COMMENT ON VIEW latest_polls IS 'The last poll of each feed';

CREATE OR REPLACE VIEW latest_fetches AS
SELECT
    fetches.canonical_url,
    fetches.url,
    fetches.source_id,
    fetches.entry_id,
    fetches.fingerprint,
    fetches.fetched_at,
    fetches.http_status,
    fetches.failure,
    fetches.detail,
    fetches.attempts,
    fetches.next_fetch_at,
    fetches.document_id
FROM fetches
QUALIFY row_number() OVER (
    PARTITION BY fetches.canonical_url
    ORDER BY fetches.fetched_at > now() + INTERVAL 1 HOUR, fetches.fetched_at DESC
) = 1;
COMMENT ON VIEW latest_fetches IS 'The last attempt to fetch each page';

-- Only a new row can change the state of a page. A page of a settled batch need not be fetched
-- until a later batch has a row of the same page.
CREATE OR REPLACE VIEW unsettled_pages AS
WITH unsettled AS (
    SELECT batches.batch_id
    FROM batches
    ANTI JOIN settled_batches USING (batch_id)
)
SELECT entries.canonical_url, entries.batch_id
FROM entries
SEMI JOIN unsettled USING (batch_id)
WHERE entries.canonical_url IS NOT NULL
UNION
SELECT fetches.canonical_url, fetches.batch_id
FROM fetches
SEMI JOIN unsettled USING (batch_id);
COMMENT ON VIEW unsettled_pages IS 'Pages with rows in batches that are not settled yet';
COMMENT ON COLUMN unsettled_pages.batch_id IS 'Batch that is not settled';

-- The page of an entry is wanted until it was fetched for the current key and content of the entry.
-- The newest entries are found by their keys; the other columns are read for these rows only.
CREATE OR REPLACE VIEW wanted_pages AS
WITH pages AS MATERIALIZED (
    SELECT DISTINCT unsettled_pages.canonical_url
    FROM unsettled_pages
),
newest AS (
    SELECT
        entries.rowid AS place,
        entries.canonical_url,
        entries.entry_id,
        entries.fingerprint
    FROM entries
    SEMI JOIN pages USING (canonical_url)
    WHERE entries.status IN ('new', 'changed')
    QUALIFY row_number() OVER (
        PARTITION BY entries.canonical_url
        ORDER BY entries.seen_at > now() + INTERVAL 1 HOUR, entries.seen_at DESC, entries.entry_id
    ) = 1
),
last_fetch AS (
    SELECT
        fetches.canonical_url,
        fetches.entry_id,
        fetches.fingerprint,
        fetches.attempts,
        fetches.next_fetch_at
    FROM fetches
    SEMI JOIN pages USING (canonical_url)
    QUALIFY row_number() OVER (
        PARTITION BY fetches.canonical_url
        ORDER BY fetches.fetched_at > now() + INTERVAL 1 HOUR, fetches.fetched_at DESC
    ) = 1
),
found AS MATERIALIZED (
    SELECT
        newest.place,
        newest.canonical_url,
        last_fetch.attempts,
        last_fetch.next_fetch_at,
        last_fetch.canonical_url IS NOT NULL AS is_fetched,
        coalesce(
            last_fetch.entry_id = newest.entry_id AND last_fetch.fingerprint = newest.fingerprint, FALSE
        ) AS is_current
    FROM newest
    LEFT JOIN last_fetch USING (canonical_url)
),
-- A feed may change an entry again and again although its page shows the same article. Each
-- fetch in a row that brought no new revision makes the next pause four times as long.
tries AS MATERIALIZED (
    SELECT
        fetches.canonical_url,
        fetches.document_id,
        fetches.fetched_at,
        fetches.failure IS NULL AND row_number() OVER (
            PARTITION BY fetches.canonical_url, fetches.document_id ORDER BY fetches.fetched_at
        ) = 1 AS is_new_document
    FROM fetches
    SEMI JOIN (FROM found WHERE is_fetched AND NOT is_current) USING (canonical_url)
    WHERE fetches.document_id IS NOT NULL OR fetches.failure IS NOT NULL
),
useful AS (
    SELECT
        tries.canonical_url,
        max(tries.fetched_at) AS fetched_at
    FROM tries
    JOIN articles USING (document_id)
    WHERE tries.is_new_document
    GROUP BY tries.canonical_url
),
in_vain AS (
    SELECT
        tries.canonical_url,
        max(tries.fetched_at)
        + to_minutes(CAST(15 * least(pow(4, least(count(*) - 1, 4)), 96) AS BIGINT)) AS again_at
    FROM tries
    LEFT JOIN useful ON useful.canonical_url = tries.canonical_url
    WHERE useful.fetched_at IS NULL OR tries.fetched_at > useful.fetched_at
    GROUP BY tries.canonical_url
),
wanted AS MATERIALIZED (
    SELECT
        found.place,
        CASE WHEN found.is_current THEN found.attempts ELSE 0 END AS attempts,
        CASE WHEN found.is_current THEN found.next_fetch_at ELSE in_vain.again_at END AS next_fetch_at
    FROM found
    LEFT JOIN in_vain USING (canonical_url)
    WHERE NOT found.is_current OR found.next_fetch_at IS NOT NULL
)
SELECT
    entries.canonical_url,
    entries.url,
    entries.source_id,
    entries.entry_id,
    entries.fingerprint,
    entries.title,
    entries.authors,
    entries.published_at,
    entries.published_precision,
    list_contains(entries.flags, 'zone_assumed') AS is_zone_assumed,
    entries.language,
    entries.content,
    entries.seen_at,
    wanted.attempts,
    wanted.next_fetch_at
FROM entries
JOIN wanted ON wanted.place = entries.rowid;
COMMENT ON VIEW wanted_pages IS 'Pages of entries that are still to be fetched';
COMMENT ON COLUMN wanted_pages.is_zone_assumed IS 'Whether the time zone of published_at is a guess';
COMMENT ON COLUMN wanted_pages.attempts IS 'Attempts so far for the current content of the entry';
COMMENT ON COLUMN wanted_pages.next_fetch_at IS 'When to try again, NULL for immediately';
