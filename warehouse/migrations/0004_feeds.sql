CREATE TABLE feeds (
    feed_id VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    kind VARCHAR,
    title VARCHAR,
    home_url VARCHAR,
    language VARCHAR,
    folder VARCHAR,
    state VARCHAR NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE feeds IS 'One row per state of a feed; the last row is its current state';
COMMENT ON COLUMN feeds.feed_id IS 'Key of the feed, made from the canonical URL it was first listed under';
COMMENT ON COLUMN feeds.source_id IS 'Publisher: host name of its home page, otherwise of the feed';
COMMENT ON COLUMN feeds.url IS 'URL that is polled';
COMMENT ON COLUMN feeds.kind IS 'rss, atom, json_feed, news_sitemap, sitemap or sitemap_index; NULL before the first poll';
COMMENT ON COLUMN feeds.title IS 'Title in the feed list, otherwise in the feed';
COMMENT ON COLUMN feeds.home_url IS 'Page that the feed belongs to';
COMMENT ON COLUMN feeds.language IS 'Language declared by the feed list or the feed';
COMMENT ON COLUMN feeds.folder IS 'Folder of the feed list, parts joined by /';
COMMENT ON COLUMN feeds.state IS 'listed, moved (to a new URL), gone (410) or removed (from the list)';
COMMENT ON COLUMN feeds.recorded_at IS 'When it reached this state, UTC';
COMMENT ON COLUMN feeds.batch_id IS 'Batch that appended this row';

CREATE TABLE polls (
    feed_id VARCHAR NOT NULL,
    polled_at TIMESTAMPTZ NOT NULL,
    url VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    http_status INTEGER,
    failure VARCHAR,
    detail VARCHAR,
    flags VARCHAR[] NOT NULL,
    bytes BIGINT,
    body_sha256 VARCHAR,
    changed_at TIMESTAMPTZ,
    entries INTEGER NOT NULL,
    new_entries INTEGER NOT NULL,
    changed_entries INTEGER NOT NULL,
    known_entries INTEGER NOT NULL,
    dropped_entries INTEGER NOT NULL,
    shown UINTEGER[],
    overlap DOUBLE,
    is_gap_risk BOOLEAN NOT NULL,
    etag VARCHAR,
    last_modified VARCHAR,
    conditional_polls INTEGER NOT NULL,
    redirect_url VARCHAR,
    redirect_sightings INTEGER NOT NULL,
    failures DOUBLE NOT NULL,
    interval_s DOUBLE,
    next_poll_at TIMESTAMPTZ,
    disabled_reason VARCHAR,
    warc_file VARCHAR,
    warc_offset BIGINT,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE polls IS 'One row per poll of a feed; the next poll starts from the last row';
COMMENT ON COLUMN polls.feed_id IS 'Feed';
COMMENT ON COLUMN polls.polled_at IS 'When it was polled, UTC';
COMMENT ON COLUMN polls.url IS 'Requested URL, without secrets';
COMMENT ON COLUMN polls.outcome IS 'new, unchanged, failed, excused (our own network was down) or gone';
COMMENT ON COLUMN polls.http_status IS 'Status of the last response, NULL without one';
COMMENT ON COLUMN polls.failure IS 'Fixed code of the failure, NULL if there was none';
COMMENT ON COLUMN polls.detail IS 'What went wrong, one line';
COMMENT ON COLUMN polls.flags IS 'Fixed codes of oddities (truncated, charset_guessed, ...)';
COMMENT ON COLUMN polls.bytes IS 'Size of the body in bytes, NULL without one';
COMMENT ON COLUMN polls.body_sha256 IS 'Hexadecimal SHA-256 of the last body';
COMMENT ON COLUMN polls.changed_at IS 'Last poll that returned a changed body, UTC; NULL before the first';
COMMENT ON COLUMN polls.entries IS 'Entries in the last changed body';
COMMENT ON COLUMN polls.new_entries IS 'Entries that no earlier poll had shown';
COMMENT ON COLUMN polls.changed_entries IS 'Known entries whose content changed';
COMMENT ON COLUMN polls.known_entries IS 'Known entries that did not change';
COMMENT ON COLUMN polls.dropped_entries IS 'Items that were duplicates, unusable or over the limit';
COMMENT ON COLUMN polls.shown IS 'Entries in the body: their keys, cut to 32 bits; NULL if the body did not change';
COMMENT ON COLUMN polls.overlap IS 'Share of the entries that the previous poll had shown, 0 to 1';
COMMENT ON COLUMN polls.is_gap_risk IS 'Whether the previous poll had shown none of the entries, so some may have been missed';
COMMENT ON COLUMN polls.etag IS 'ETag to send with the next poll, quotes included';
COMMENT ON COLUMN polls.last_modified IS 'Last-Modified to send with the next poll, as the server wrote it';
COMMENT ON COLUMN polls.conditional_polls IS 'Conditional requests since the last full one';
COMMENT ON COLUMN polls.redirect_url IS 'Target of permanent redirects, without secrets';
COMMENT ON COLUMN polls.redirect_sightings IS 'Consecutive polls that saw that redirect';
COMMENT ON COLUMN polls.failures IS 'Weighted number of consecutive failures';
COMMENT ON COLUMN polls.interval_s IS 'Learned seconds between polls';
COMMENT ON COLUMN polls.next_poll_at IS 'When it is due again, UTC; NULL if it is no longer polled';
COMMENT ON COLUMN polls.disabled_reason IS 'Why it is no longer polled';
COMMENT ON COLUMN polls.warc_file IS 'Archive file of the last response, relative to the archive folder; NULL if there was no response';
COMMENT ON COLUMN polls.warc_offset IS 'Byte offset of its record in warc_file';
COMMENT ON COLUMN polls.batch_id IS 'Batch that appended this row';

CREATE TABLE entries (
    entry_id VARCHAR NOT NULL,
    feed_id VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    position INTEGER NOT NULL,
    url VARCHAR,
    canonical_url VARCHAR,
    guid VARCHAR,
    title VARCHAR,
    authors VARCHAR[] NOT NULL,
    published_raw VARCHAR,
    published_at TIMESTAMPTZ,
    published_precision VARCHAR,
    updated_raw VARCHAR,
    updated_at TIMESTAMPTZ,
    summary VARCHAR,
    content VARCHAR,
    language VARCHAR,
    tags VARCHAR[] NOT NULL,
    image_url VARCHAR,
    fingerprint VARCHAR NOT NULL,
    flags VARCHAR[] NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE entries IS 'One row per entry of a feed, and one more for each change of its content';
COMMENT ON COLUMN entries.entry_id IS 'Key of the entry within its feed';
COMMENT ON COLUMN entries.feed_id IS 'Feed';
COMMENT ON COLUMN entries.source_id IS 'Publisher of the feed';
COMMENT ON COLUMN entries.status IS 'new, changed, or renamed (another key for a known URL)';
COMMENT ON COLUMN entries.seen_at IS 'When a poll first showed it with this content, UTC';
COMMENT ON COLUMN entries.position IS '0 for the first item of the feed';
COMMENT ON COLUMN entries.url IS 'URL of the page, absolute';
COMMENT ON COLUMN entries.canonical_url IS 'URL without tracking parameters';
COMMENT ON COLUMN entries.guid IS 'Identifier given by the feed';
COMMENT ON COLUMN entries.title IS 'Title, plain text';
COMMENT ON COLUMN entries.authors IS 'Authors named by the feed';
COMMENT ON COLUMN entries.published_raw IS 'Publication date as written';
COMMENT ON COLUMN entries.published_at IS 'published_raw as an instant, UTC; NULL if it cannot be parsed';
COMMENT ON COLUMN entries.published_precision IS 'second, minute or day';
COMMENT ON COLUMN entries.updated_raw IS 'Date of the last change as written';
COMMENT ON COLUMN entries.updated_at IS 'updated_raw as an instant, UTC';
COMMENT ON COLUMN entries.summary IS 'Summary, plain text';
COMMENT ON COLUMN entries.content IS 'Full text as HTML, if the feed has it';
COMMENT ON COLUMN entries.language IS 'Language as declared';
COMMENT ON COLUMN entries.tags IS 'Categories';
COMMENT ON COLUMN entries.image_url IS 'Image';
COMMENT ON COLUMN entries.fingerprint IS 'Hash of the content of the entry; a new value means that it changed';
COMMENT ON COLUMN entries.flags IS 'Fixed codes of oddities (future_date, ...)';
COMMENT ON COLUMN entries.batch_id IS 'Batch that appended this row';

CREATE TABLE fetches (
    canonical_url VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    entry_id VARCHAR NOT NULL,
    fingerprint VARCHAR NOT NULL,
    fetched_at TIMESTAMPTZ NOT NULL,
    http_status INTEGER,
    failure VARCHAR,
    detail VARCHAR,
    attempts INTEGER NOT NULL,
    next_fetch_at TIMESTAMPTZ,
    document_id VARCHAR,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE fetches IS 'One row per attempt to fetch the page of an entry; the last row is its current state';
COMMENT ON COLUMN fetches.canonical_url IS 'URL without tracking parameters: the key of the page';
COMMENT ON COLUMN fetches.url IS 'Requested URL, without secrets';
COMMENT ON COLUMN fetches.source_id IS 'Publisher';
COMMENT ON COLUMN fetches.entry_id IS 'Entry that links to the page';
COMMENT ON COLUMN fetches.fingerprint IS 'Fingerprint of that entry';
COMMENT ON COLUMN fetches.fetched_at IS 'When it was requested, UTC';
COMMENT ON COLUMN fetches.http_status IS 'Status of the response, NULL without one';
COMMENT ON COLUMN fetches.failure IS 'Fixed code of the failure, NULL if the page was fetched';
COMMENT ON COLUMN fetches.detail IS 'What went wrong, one line';
COMMENT ON COLUMN fetches.attempts IS 'Attempts so far for this content of the entry';
COMMENT ON COLUMN fetches.next_fetch_at IS 'When to try again, UTC; NULL if it was fetched or given up';
COMMENT ON COLUMN fetches.document_id IS 'Document that was fetched, or made from the full text in the feed';
COMMENT ON COLUMN fetches.batch_id IS 'Batch that appended this row';

CREATE TABLE settled_batches (
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE settled_batches IS 'Batches without pages that are still to be fetched; their rows need not be searched again';
COMMENT ON COLUMN settled_batches.batch_id IS 'Batch';
