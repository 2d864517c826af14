CREATE TABLE archive_removals (
    warc_file VARCHAR NOT NULL,
    removed_at TIMESTAMPTZ NOT NULL,
    keep_days INTEGER NOT NULL,
    captures INTEGER NOT NULL,
    documents INTEGER NOT NULL,
    bytes BIGINT NOT NULL,
    first_captured_at TIMESTAMPTZ NOT NULL,
    last_captured_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL
);
COMMENT ON TABLE archive_removals IS 'One row per removal of old captures from an archive file';
COMMENT ON COLUMN archive_removals.warc_file IS 'File they were stored in, as in documents and polls';
COMMENT ON COLUMN archive_removals.removed_at IS 'When they were removed, UTC';
COMMENT ON COLUMN archive_removals.keep_days IS 'Limit in days under which they were removed (ONRECORD_KEEP_ARCHIVE_DAYS)';
COMMENT ON COLUMN archive_removals.captures IS 'Captures removed: pages, article files, feeds and other responses';
COMMENT ON COLUMN archive_removals.documents IS 'Removed captures that were pages or article files';
COMMENT ON COLUMN archive_removals.bytes IS 'Bytes removed from the file';
COMMENT ON COLUMN archive_removals.first_captured_at IS 'When the oldest capture removed from the file was made, UTC';
COMMENT ON COLUMN archive_removals.last_captured_at IS 'When the newest capture removed from the file was made, UTC';
COMMENT ON COLUMN archive_removals.run_id IS 'Run that recorded the removal';
