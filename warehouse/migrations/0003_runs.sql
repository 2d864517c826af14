CREATE TABLE runs (
    run_id VARCHAR NOT NULL,
    flow VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    seen INTEGER,
    appended INTEGER,
    known INTEGER,
    rejected INTEGER,
    seconds DOUBLE,
    detail VARCHAR,
    parameters JSON,
    flow_run_id VARCHAR,
    host VARCHAR NOT NULL,
    pid INTEGER NOT NULL
);
COMMENT ON TABLE runs IS 'One row per state that a run reached; the last row is its current state';
COMMENT ON COLUMN runs.run_id IS 'Key of the run';
COMMENT ON COLUMN runs.flow IS 'Flow that ran: load, ingest, backfill, reprocess, rebuild, restore, check or compact';
COMMENT ON COLUMN runs.state IS 'running (repeated at least every minute while it is alive), completed, failed, interrupted or skipped';
COMMENT ON COLUMN runs.recorded_at IS 'When it reached this state, UTC';
COMMENT ON COLUMN runs.started_at IS 'When it started, UTC';
COMMENT ON COLUMN runs.seen IS 'Documents seen so far: appended + known + rejected';
COMMENT ON COLUMN runs.appended IS 'Documents that added a new article or revision';
COMMENT ON COLUMN runs.known IS 'Documents whose article was already in the warehouse';
COMMENT ON COLUMN runs.rejected IS 'Documents that were refused, each with a row in rejections';
COMMENT ON COLUMN runs.seconds IS 'Wall-clock seconds since it started';
COMMENT ON COLUMN runs.detail IS 'One line for people, NULL if there is nothing to say';
COMMENT ON COLUMN runs.parameters IS 'Parameters of the run, without secrets';
COMMENT ON COLUMN runs.flow_run_id IS 'Prefect flow run, NULL if it ran without Prefect';
COMMENT ON COLUMN runs.host IS 'Machine it ran on';
COMMENT ON COLUMN runs.pid IS 'Process it ran in';

CREATE TABLE batches (
    batch_id VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    committed_at TIMESTAMPTZ NOT NULL,
    seen INTEGER NOT NULL,
    appended INTEGER NOT NULL,
    known INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    rows_appended JSON NOT NULL
);
COMMENT ON TABLE batches IS 'Ledger: one row per batch, committed in the transaction of its rows';
COMMENT ON COLUMN batches.batch_id IS 'Key of the batch';
COMMENT ON COLUMN batches.run_id IS 'Run that made the batch';
COMMENT ON COLUMN batches.committed_at IS 'When its transaction started, UTC';
COMMENT ON COLUMN batches.seen IS 'Documents in the batch: appended + known + rejected';
COMMENT ON COLUMN batches.appended IS 'Documents that added a new article or revision';
COMMENT ON COLUMN batches.known IS 'Documents whose article was already in the warehouse';
COMMENT ON COLUMN batches.rejected IS 'Documents that were refused';
COMMENT ON COLUMN batches.rows_appended IS 'Rows appended to each table, by table name';

CREATE TABLE rejections (
    rejection_id VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    document_id VARCHAR,
    item VARCHAR NOT NULL,
    stage VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,
    rejected_at TIMESTAMPTZ NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE rejections IS 'One row per refused item and reason; a later run that refuses it again adds no row';
COMMENT ON COLUMN rejections.rejection_id IS 'Key made from item, stage, reason and detail';
COMMENT ON COLUMN rejections.run_id IS 'Run that refused it first';
COMMENT ON COLUMN rejections.document_id IS 'Document that was refused, NULL if none could be read';
COMMENT ON COLUMN rejections.item IS 'File, URL or line, without secrets';
COMMENT ON COLUMN rejections.stage IS 'read, fetch, clean, analyse or append';
COMMENT ON COLUMN rejections.reason IS 'Fixed code (too_short, extract_timeout, ...)';
COMMENT ON COLUMN rejections.detail IS 'What was found and what to do, one line';
COMMENT ON COLUMN rejections.rejected_at IS 'When it was first refused, UTC';
COMMENT ON COLUMN rejections.batch_id IS 'Batch that appended this row';

CREATE TABLE checks (
    run_id VARCHAR NOT NULL,
    check_name VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,
    found_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE checks IS 'One row per finding of a data check';
COMMENT ON COLUMN checks.run_id IS 'Run of the checks';
COMMENT ON COLUMN checks.check_name IS 'File name of the check, without its extension';
COMMENT ON COLUMN checks.severity IS 'warning or error';
COMMENT ON COLUMN checks.subject IS 'Row, source or day that has the problem';
COMMENT ON COLUMN checks.detail IS 'What is wrong, one line';
COMMENT ON COLUMN checks.found_at IS 'When it was found, UTC';
