COMMENT ON COLUMN analyses.transform IS 'clean, quotations, mentions or dates; clean only where it ran again and found the same';
COMMENT ON COLUMN articles.revision_cause IS 'first, edited (by the publisher) or reprocessed (by a newer version of the cleaning step)';
COMMENT ON COLUMN runs.flow IS 'Flow that ran: load, ingest, backfill, reprocess, rebuild or check';
COMMENT ON COLUMN runs.state IS 'running (again at least every minute while it lives), completed, failed, interrupted or skipped';
