CREATE OR REPLACE VIEW latest_backfill_windows AS
SELECT
    windows.backfill_id,
    windows.window_id,
    windows.origin,
    windows.place,
    windows.source_id,
    windows.starts_on,
    windows.ends_on,
    windows.state,
    windows.recorded_at,
    windows.run_id,
    windows.seen,
    windows.appended,
    windows.known,
    windows.rejected,
    windows.seconds,
    windows.detail
FROM backfill_windows AS windows
QUALIFY row_number() OVER (
    PARTITION BY windows.backfill_id, windows.window_id
    ORDER BY windows.recorded_at > now() + INTERVAL 1 HOUR, windows.recorded_at DESC
) = 1;
COMMENT ON VIEW latest_backfill_windows IS 'The current state of each window of a backfill';

CREATE OR REPLACE VIEW backfills AS
SELECT
    backfill_id,
    any_value(origin) AS origin,
    any_value(source_id) AS source_id,
    min(starts_on) AS starts_on,
    max(ends_on) AS ends_on,
    count(*) AS windows,
    count_if(state = 'completed') AS completed,
    count_if(state IN ('incomplete', 'failed')) AS unfinished,
    coalesce(sum(appended), 0)::BIGINT AS appended,
    coalesce(sum(rejected), 0)::BIGINT AS rejected,
    max(recorded_at) AS recorded_at
FROM latest_backfill_windows
GROUP BY backfill_id;
COMMENT ON VIEW backfills IS 'One row per backfill, with its progress';
COMMENT ON COLUMN backfills.starts_on IS 'First day of its windows';
COMMENT ON COLUMN backfills.ends_on IS 'Last day of its windows, included';
COMMENT ON COLUMN backfills.recorded_at IS 'When a window last changed its state, UTC';
COMMENT ON COLUMN backfills.windows IS 'All windows';
COMMENT ON COLUMN backfills.completed IS 'Completed windows';
COMMENT ON COLUMN backfills.unfinished IS 'Incomplete and failed windows, which will be tried again';
