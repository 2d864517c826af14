CREATE OR REPLACE VIEW run_summary AS
SELECT
    runs.run_id,
    runs.flow,
    runs.state,
    runs.started_at,
    runs.recorded_at,
    runs.seen,
    runs.appended,
    runs.known,
    runs.rejected,
    runs.seconds,
    runs.detail,
    runs.flow_run_id
FROM runs
-- A state that ends a run is its last one, even if the clock was set back during the run.
QUALIFY row_number() OVER (
    PARTITION BY runs.run_id ORDER BY runs.state = 'running', runs.recorded_at DESC, runs.seen DESC
) = 1;
COMMENT ON VIEW run_summary IS 'One row per run, with its last state';
