ALTER TABLE polls ADD COLUMN changed_at TIMESTAMPTZ;
ALTER TABLE polls ADD COLUMN shown UINTEGER[];
COMMENT ON COLUMN polls.changed_at IS 'Last poll that brought a changed body, UTC; NULL before the first and in polls of older versions';
COMMENT ON COLUMN polls.shown IS 'Marks of the entries that the body showed: their keys, cut to 32 bits; NULL where it is as before';

CREATE TABLE settled_batches (
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE settled_batches IS 'Batches none of whose pages waits to be fetched, so that nobody looks at their rows again';
COMMENT ON COLUMN settled_batches.batch_id IS 'Batch';
