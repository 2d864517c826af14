CREATE TABLE stages (
    run_id VARCHAR NOT NULL,
    stage VARCHAR NOT NULL,
    seconds DOUBLE NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE stages IS 'One row per run and stage that it spent time in; a run whose process was killed has none';
COMMENT ON COLUMN stages.run_id IS 'Run';
COMMENT ON COLUMN stages.stage IS 'poll (feeds), fetch (waiting for pages), read (files), analyse, append or publish';
COMMENT ON COLUMN stages.seconds IS 'Wall-clock seconds that the run spent in the stage';
COMMENT ON COLUMN stages.recorded_at IS 'When the run recorded it, UTC';

COMMENT ON COLUMN runs.flow IS 'Flow that ran: load, ingest, backfill, reprocess, rebuild, restore, check, compact or backup';
