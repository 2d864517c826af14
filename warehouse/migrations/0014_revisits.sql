-- Pages of recent articles are fetched again to find edits that no feed announces. The table
-- has its own rows beside `fetches`, because a planned visit is no attempt for an entry.
CREATE TABLE visits (
    article_id VARCHAR NOT NULL,
    canonical_url VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    visited_at TIMESTAMPTZ NOT NULL,
    outcome VARCHAR NOT NULL,
    reason VARCHAR,
    detail VARCHAR,
    http_status INTEGER,
    document_id VARCHAR NOT NULL,
    content_sha256 VARCHAR NOT NULL,
    etag VARCHAR,
    last_modified VARCHAR,
    starts_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    gone_since_at TIMESTAMPTZ,
    is_gone BOOLEAN NOT NULL,
    failed_visits INTEGER NOT NULL,
    again_at TIMESTAMPTZ,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE visits IS 'One row per visit to the page of an article: the first fetch, each fetch after a change of its entry, and each planned visit; the last row is the current state';
COMMENT ON COLUMN visits.article_id IS 'Article';
COMMENT ON COLUMN visits.canonical_url IS 'URL without tracking parameters: the key of the page';
COMMENT ON COLUMN visits.url IS 'Requested URL, without secrets';
COMMENT ON COLUMN visits.source_id IS 'Host name of the requested URL without "www."';
COMMENT ON COLUMN visits.visited_at IS 'When it was requested, UTC';
COMMENT ON COLUMN visits.outcome IS 'fetched (for its entry, not planned), or of a planned visit: unchanged, changed (another headline or text), moved (the page shows another article), missing (the article is not there), refused (a wall or another page that is not stored) or failed';
COMMENT ON COLUMN visits.reason IS 'Fixed code of what was there instead of the article (not_found, gone, home_page, section_front, soft_404, ...) or of the failure; NULL if the article was there';
COMMENT ON COLUMN visits.detail IS 'What was found or went wrong, one line';
COMMENT ON COLUMN visits.http_status IS 'Status of the response, NULL without one';
COMMENT ON COLUMN visits.document_id IS 'Document with the article when it was last there';
COMMENT ON COLUMN visits.content_sha256 IS 'Hexadecimal SHA-256 of headline and text when the article was last there';
COMMENT ON COLUMN visits.etag IS 'ETag of that document, to be sent with the next visit; NULL without one';
COMMENT ON COLUMN visits.last_modified IS 'Last-Modified of that document, as the server wrote it; NULL without one';
COMMENT ON COLUMN visits.starts_at IS 'When the plan of visits starts, UTC: publication, or the first fetch if that was earlier or no instant is known';
COMMENT ON COLUMN visits.last_seen_at IS 'When the page last showed the article, UTC';
COMMENT ON COLUMN visits.gone_since_at IS 'When the article was first found missing, UTC; NULL if it is there';
COMMENT ON COLUMN visits.is_gone IS 'Whether that is certain: the server said so (410), or the article was still missing a day later';
COMMENT ON COLUMN visits.failed_visits IS 'Failed visits in a row';
COMMENT ON COLUMN visits.again_at IS 'When to look again instead of at the next planned time, UTC; NULL for the planned time';
COMMENT ON COLUMN visits.batch_id IS 'Batch that appended this row';
