CREATE TABLE alerts (
    alert_key VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    source_id VARCHAR,
    state VARCHAR NOT NULL,
    is_urgent BOOLEAN NOT NULL,
    since_at TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    detail VARCHAR NOT NULL
);
COMMENT ON TABLE alerts IS 'One row per state that a problem reached; see open_alerts for what is wrong now';
COMMENT ON COLUMN alerts.alert_key IS 'Key of the problem: its kind and its subject';
COMMENT ON COLUMN alerts.kind IS 'feed_silent, feed_failing, publisher_failing, run_failed, run_missing, disk, growth, check or channel';
COMMENT ON COLUMN alerts.subject IS 'What has the problem: a feed, a publisher, a flow, a folder, a check or a channel';
COMMENT ON COLUMN alerts.source_id IS 'Publisher, NULL if the problem is not about one';
COMMENT ON COLUMN alerts.state IS 'started, eased (not found any more, but it may return soon), returned, ended, told (in a message of its own), digested (told in the daily digest) or dropped (a message that could not be sent)';
COMMENT ON COLUMN alerts.is_urgent IS 'Whether it is told at once; otherwise in the daily digest';
COMMENT ON COLUMN alerts.since_at IS 'When the problem began, UTC';
COMMENT ON COLUMN alerts.recorded_at IS 'When it reached this state, UTC';
COMMENT ON COLUMN alerts.detail IS 'What is wrong, one line';

CREATE TABLE storage (
    measured_at TIMESTAMPTZ NOT NULL,
    free_bytes BIGINT NOT NULL,
    warehouse_bytes BIGINT NOT NULL,
    archive_bytes BIGINT NOT NULL
);
COMMENT ON TABLE storage IS 'One row per day: the size of the data folder and the free space of its disk';
COMMENT ON COLUMN storage.measured_at IS 'When it was measured, UTC';
COMMENT ON COLUMN storage.free_bytes IS 'Free space of the disk in bytes';
COMMENT ON COLUMN storage.warehouse_bytes IS 'Size of the live file and of the snapshots in bytes';
COMMENT ON COLUMN storage.archive_bytes IS 'Size of the archive in bytes';
