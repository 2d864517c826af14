-- Rejected items can be taken up again: the same column has one more value.
COMMENT ON COLUMN runs.flow IS 'Flow that ran: load, ingest, backfill, reprocess, retry, rebuild, restore, check, backup or compact';
