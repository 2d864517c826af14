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
COMMENT ON TABLE archive_removals IS 'One row per removal from a file of the archive: captures that were older than they are to be kept';
COMMENT ON COLUMN archive_removals.warc_file IS 'File that they were stored in, as in documents and polls';
COMMENT ON COLUMN archive_removals.removed_at IS 'When they were removed, UTC';
COMMENT ON COLUMN archive_removals.keep_days IS 'Limit that they were removed under, in days (ONRECORD_KEEP_ARCHIVE_DAYS)';
COMMENT ON COLUMN archive_removals.captures IS 'Captures that were removed: pages, article files, feeds and other answers';
COMMENT ON COLUMN archive_removals.documents IS 'Those of them that were pages or article files';
COMMENT ON COLUMN archive_removals.bytes IS 'Bytes of the file that were removed';
COMMENT ON COLUMN archive_removals.first_captured_at IS 'When the oldest capture that is gone from the file was made, UTC';
COMMENT ON COLUMN archive_removals.last_captured_at IS 'When the newest capture that is gone from the file was made, UTC';
COMMENT ON COLUMN archive_removals.run_id IS 'Run that recorded the removal';
COMMENT ON COLUMN documents.warc_file IS 'Archive file that it was stored in, below the archive folder; archive_removals has those that are gone; NULL when not archived';
COMMENT ON COLUMN runs.flow IS 'Flow that ran: load, ingest, backfill, reprocess, rebuild, restore, check or compact';
