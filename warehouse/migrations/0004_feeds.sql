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
COMMENT ON TABLE feeds IS 'One row per state of a feed; its last row is what it is now';
COMMENT ON COLUMN feeds.feed_id IS 'Key of the feed, from the canonical address it was first listed under';
COMMENT ON COLUMN feeds.source_id IS 'Publisher: host name of its home page, else of the feed';
COMMENT ON COLUMN feeds.url IS 'Address that is polled';
COMMENT ON COLUMN feeds.kind IS 'rss, atom, json_feed, news_sitemap, sitemap or sitemap_index; NULL before the first poll';
COMMENT ON COLUMN feeds.title IS 'What the feed list, else the feed, calls it';
COMMENT ON COLUMN feeds.home_url IS 'Page that the feed belongs to';
COMMENT ON COLUMN feeds.language IS 'Language that the feed list or the feed declares';
COMMENT ON COLUMN feeds.folder IS 'Folder of the feed list, parts joined by /';
COMMENT ON COLUMN feeds.state IS 'listed, moved (to a new address), gone (410) or removed (from the list)';
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
    etag VARCHAR,
    last_modified VARCHAR,
    body_sha256 VARCHAR,
    bytes BIGINT,
    entries INTEGER NOT NULL,
    new_entries INTEGER NOT NULL,
    changed_entries INTEGER NOT NULL,
    known_entries INTEGER NOT NULL,
    dropped_entries INTEGER NOT NULL,
    overlap DOUBLE,
    is_gap_risk BOOLEAN NOT NULL,
    interval_s DOUBLE,
    failures DOUBLE NOT NULL,
    conditional_polls INTEGER NOT NULL,
    redirect_url VARCHAR,
    redirect_sightings INTEGER NOT NULL,
    next_poll_at TIMESTAMPTZ,
    disabled_reason VARCHAR,
    flags VARCHAR[] NOT NULL,
    warc_file VARCHAR,
    warc_offset BIGINT,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE polls IS 'One row per poll of a feed; the last row is what the next poll starts from';
COMMENT ON COLUMN polls.feed_id IS 'Feed';
COMMENT ON COLUMN polls.polled_at IS 'When it was polled, UTC';
COMMENT ON COLUMN polls.url IS 'Address that was asked, without secrets';
COMMENT ON COLUMN polls.outcome IS 'new, unchanged, failed, excused (our own network was down) or gone';
COMMENT ON COLUMN polls.http_status IS 'Status of the last answer, NULL without one';
COMMENT ON COLUMN polls.failure IS 'Fixed code of what went wrong, NULL when nothing did';
COMMENT ON COLUMN polls.detail IS 'What went wrong, one line';
COMMENT ON COLUMN polls.etag IS 'Validator to send next time, quotes included';
COMMENT ON COLUMN polls.last_modified IS 'The other validator, as the server wrote it';
COMMENT ON COLUMN polls.body_sha256 IS 'Hexadecimal SHA-256 of the last body';
COMMENT ON COLUMN polls.bytes IS 'Size of the body in bytes, NULL without one';
COMMENT ON COLUMN polls.entries IS 'Entries at the last poll that brought a changed body';
COMMENT ON COLUMN polls.new_entries IS 'Entries that no poll had shown before';
COMMENT ON COLUMN polls.changed_entries IS 'Known entries that say something else now';
COMMENT ON COLUMN polls.known_entries IS 'Entries that are known and unchanged';
COMMENT ON COLUMN polls.dropped_entries IS 'Items that were duplicates, unusable or past the limit';
COMMENT ON COLUMN polls.overlap IS 'Share of the entries that the poll before had shown, 0 to 1';
COMMENT ON COLUMN polls.is_gap_risk IS 'No entry was shown by the poll before: some may have been missed';
COMMENT ON COLUMN polls.interval_s IS 'Learnt seconds between polls';
COMMENT ON COLUMN polls.failures IS 'Weighted failures in a row';
COMMENT ON COLUMN polls.conditional_polls IS 'Conditional requests since the last full one';
COMMENT ON COLUMN polls.redirect_url IS 'Where permanent redirects point, without secrets';
COMMENT ON COLUMN polls.redirect_sightings IS 'Polls in a row that saw that redirect';
COMMENT ON COLUMN polls.next_poll_at IS 'When it is due again, UTC; NULL when it is not polled any more';
COMMENT ON COLUMN polls.disabled_reason IS 'Why it is not polled any more';
COMMENT ON COLUMN polls.flags IS 'Fixed codes of what was odd (truncated, charset_guessed, ...)';
COMMENT ON COLUMN polls.warc_file IS 'Archive file of the answer, below the archive folder; NULL without a body';
COMMENT ON COLUMN polls.warc_offset IS 'Byte offset of its record in warc_file';
COMMENT ON COLUMN polls.batch_id IS 'Batch that appended this row';

CREATE TABLE entries (
    entry_id VARCHAR NOT NULL,
    feed_id VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
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
    position INTEGER NOT NULL,
    flags VARCHAR[] NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE entries IS 'One row per entry of a feed, and one more each time it says something else';
COMMENT ON COLUMN entries.entry_id IS 'Key of the entry within its feed';
COMMENT ON COLUMN entries.feed_id IS 'Feed';
COMMENT ON COLUMN entries.source_id IS 'Publisher of the feed';
COMMENT ON COLUMN entries.status IS 'new, changed, or renamed (another key for a known address)';
COMMENT ON COLUMN entries.url IS 'Address of the page, absolute';
COMMENT ON COLUMN entries.canonical_url IS 'Address without tracking parameters';
COMMENT ON COLUMN entries.guid IS 'Identifier that the feed gives';
COMMENT ON COLUMN entries.title IS 'Title, plain text';
COMMENT ON COLUMN entries.authors IS 'Authors that the feed names';
COMMENT ON COLUMN entries.published_raw IS 'Publication date as written';
COMMENT ON COLUMN entries.published_at IS 'The same as an instant, UTC; NULL where it means nothing';
COMMENT ON COLUMN entries.published_precision IS 'second, minute or day';
COMMENT ON COLUMN entries.updated_raw IS 'Date of the last change as written';
COMMENT ON COLUMN entries.updated_at IS 'The same as an instant, UTC';
COMMENT ON COLUMN entries.summary IS 'Summary, plain text';
COMMENT ON COLUMN entries.content IS 'Full text as HTML, where the feed carries it';
COMMENT ON COLUMN entries.language IS 'Language as declared';
COMMENT ON COLUMN entries.tags IS 'Categories';
COMMENT ON COLUMN entries.image_url IS 'Image';
COMMENT ON COLUMN entries.fingerprint IS 'Hash over what the entry says: another one means that it changed';
COMMENT ON COLUMN entries.position IS '0 for the first item of the feed';
COMMENT ON COLUMN entries.flags IS 'Fixed codes of what was odd (future_date, ...)';
COMMENT ON COLUMN entries.seen_at IS 'When a poll showed it so first, UTC';
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
COMMENT ON TABLE fetches IS 'One row per attempt to get the page of an entry; the last row is where it stands';
COMMENT ON COLUMN fetches.canonical_url IS 'Address without tracking parameters: the key of the page';
COMMENT ON COLUMN fetches.url IS 'Address that was asked, without secrets';
COMMENT ON COLUMN fetches.source_id IS 'Publisher';
COMMENT ON COLUMN fetches.entry_id IS 'Entry that led to the page';
COMMENT ON COLUMN fetches.fingerprint IS 'What that entry said';
COMMENT ON COLUMN fetches.fetched_at IS 'When it was asked for, UTC';
COMMENT ON COLUMN fetches.http_status IS 'Status of the answer, NULL without one';
COMMENT ON COLUMN fetches.failure IS 'Fixed code of what went wrong, NULL when the page came';
COMMENT ON COLUMN fetches.detail IS 'What went wrong, one line';
COMMENT ON COLUMN fetches.attempts IS 'Attempts so far for what the entry says';
COMMENT ON COLUMN fetches.next_fetch_at IS 'When to try again, UTC; NULL when it came or is given up';
COMMENT ON COLUMN fetches.document_id IS 'Document that was got, or made of the full text in the feed';
COMMENT ON COLUMN fetches.batch_id IS 'Batch that appended this row';
