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
QUALIFY row_number() OVER (PARTITION BY feeds.feed_id ORDER BY feeds.recorded_at DESC) = 1;
COMMENT ON VIEW latest_feeds IS 'Feeds as they are now';

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
    polls.disabled_reason
FROM polls
QUALIFY row_number() OVER (PARTITION BY polls.feed_id ORDER BY polls.polled_at DESC) = 1;
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
QUALIFY row_number() OVER (PARTITION BY fetches.canonical_url ORDER BY fetches.fetched_at DESC) = 1;
COMMENT ON VIEW latest_fetches IS 'The last attempt to get each page';

-- The page of an entry is wanted until it came, for what the entry says now.
CREATE OR REPLACE VIEW wanted_pages AS
SELECT
    latest.canonical_url,
    latest.url,
    latest.source_id,
    latest.entry_id,
    latest.fingerprint,
    latest.title,
    latest.authors,
    latest.published_at,
    latest.published_precision,
    latest.language,
    latest.content,
    latest.seen_at,
    CASE WHEN latest_fetches.fingerprint = latest.fingerprint THEN latest_fetches.attempts ELSE 0 END AS attempts,
    CASE WHEN latest_fetches.fingerprint = latest.fingerprint THEN latest_fetches.next_fetch_at END AS next_fetch_at
FROM (
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
        entries.language,
        entries.content,
        entries.seen_at
    FROM entries
    WHERE entries.canonical_url IS NOT NULL AND entries.status IN ('new', 'changed')
    QUALIFY row_number() OVER (
        PARTITION BY entries.canonical_url ORDER BY entries.seen_at DESC, entries.entry_id
    ) = 1
) AS latest
LEFT JOIN latest_fetches USING (canonical_url)
WHERE latest_fetches.canonical_url IS NULL
    OR latest_fetches.fingerprint != latest.fingerprint
    OR latest_fetches.next_fetch_at IS NOT NULL;
COMMENT ON VIEW wanted_pages IS 'Pages of entries that are still to be fetched';
COMMENT ON COLUMN wanted_pages.attempts IS 'Attempts so far for what the entry says now';
COMMENT ON COLUMN wanted_pages.next_fetch_at IS 'When to try again, NULL for at once';
