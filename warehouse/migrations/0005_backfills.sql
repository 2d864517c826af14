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
COMMENT ON TABLE backfill_windows IS 'One row per state of a window: the day or file that a backfill processes as one unit';
COMMENT ON COLUMN backfill_windows.backfill_id IS 'Backfill, made from its parameters';
COMMENT ON COLUMN backfill_windows.window_id IS 'Key of the window, the same in every backfill that covers it';
COMMENT ON COLUMN backfill_windows.origin IS 'archive, warc, sitemap, feed or files';
COMMENT ON COLUMN backfill_windows.place IS 'File or folder, or the feeds or sitemaps that it reads';
COMMENT ON COLUMN backfill_windows.source_id IS 'The one source requested, NULL for all';
COMMENT ON COLUMN backfill_windows.starts_on IS 'First day of the window';
COMMENT ON COLUMN backfill_windows.ends_on IS 'Last day of the window, included';
COMMENT ON COLUMN backfill_windows.state IS 'planned, completed, incomplete (pages may be missing; detail says why) or failed';
COMMENT ON COLUMN backfill_windows.recorded_at IS 'When it reached this state, UTC';
COMMENT ON COLUMN backfill_windows.run_id IS 'Run that reached this state, NULL while planned';
COMMENT ON COLUMN backfill_windows.seen IS 'Documents seen: appended + known + rejected';
COMMENT ON COLUMN backfill_windows.appended IS 'Documents that added a new article or revision';
COMMENT ON COLUMN backfill_windows.known IS 'Documents whose article was already in the warehouse';
COMMENT ON COLUMN backfill_windows.rejected IS 'Documents that were refused, each with a row in rejections';
COMMENT ON COLUMN backfill_windows.seconds IS 'Wall-clock seconds that it took';
COMMENT ON COLUMN backfill_windows.detail IS 'What was skipped or went wrong, one line';
