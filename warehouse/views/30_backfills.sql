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
    PARTITION BY windows.backfill_id, windows.window_id ORDER BY windows.recorded_at DESC
) = 1;
COMMENT ON VIEW latest_backfill_windows IS 'Windows of each backfill as they are now';

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
COMMENT ON VIEW backfills IS 'Backfills with their progress';
COMMENT ON COLUMN backfills.windows IS 'Windows in all';
COMMENT ON COLUMN backfills.completed IS 'Windows that are done';
COMMENT ON COLUMN backfills.unfinished IS 'Windows that are to be tried again';
