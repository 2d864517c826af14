CREATE TABLE backfill_windows (
    backfill_id VARCHAR NOT NULL,
    window_id VARCHAR NOT NULL,
    origin VARCHAR NOT NULL,
    place VARCHAR NOT NULL,
    source_id VARCHAR,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    state VARCHAR NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR,
    seen INTEGER,
    appended INTEGER,
    known INTEGER,
    rejected INTEGER,
    seconds DOUBLE,
    detail VARCHAR
);
COMMENT ON TABLE backfill_windows IS 'One row per state of a window: a day, or a file, that a backfill takes at a time';
COMMENT ON COLUMN backfill_windows.backfill_id IS 'Backfill: what was asked for';
COMMENT ON COLUMN backfill_windows.window_id IS 'Key of the window, the same in every backfill that takes the same';
COMMENT ON COLUMN backfill_windows.origin IS 'archive, warc, sitemap, feed or files';
COMMENT ON COLUMN backfill_windows.place IS 'File or folder, or the feeds or sitemaps that it was taken from';
COMMENT ON COLUMN backfill_windows.source_id IS 'Source alone that was asked for, NULL for all';
COMMENT ON COLUMN backfill_windows.starts_on IS 'First day of the window';
COMMENT ON COLUMN backfill_windows.ends_on IS 'Last day of the window, included';
COMMENT ON COLUMN backfill_windows.state IS 'planned, completed, incomplete (some pages are to be tried again) or failed';
COMMENT ON COLUMN backfill_windows.recorded_at IS 'When it reached this state, UTC';
COMMENT ON COLUMN backfill_windows.run_id IS 'Run that took it there, NULL while planned';
COMMENT ON COLUMN backfill_windows.seen IS 'Documents seen: appended + known + rejected';
COMMENT ON COLUMN backfill_windows.appended IS 'Documents that gave a new article or revision';
COMMENT ON COLUMN backfill_windows.known IS 'Documents whose article was in the warehouse already';
COMMENT ON COLUMN backfill_windows.rejected IS 'Documents that were refused, each with a row in rejections';
COMMENT ON COLUMN backfill_windows.seconds IS 'Wall seconds that it took';
COMMENT ON COLUMN backfill_windows.detail IS 'What was passed over, or went wrong, one line';
