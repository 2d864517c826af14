-- As in 0003: what readers filter by stands on the row itself.
ALTER TABLE documents ADD COLUMN source_id VARCHAR;
COMMENT ON COLUMN documents.source_id IS 'Host name of the address that was asked for, without "www.", or "files" without one';
UPDATE documents
SET source_id = coalesce(
    nullif(regexp_extract(lower(url), '^https?://(?:[^/?#@]*@)?(?:www[.])?([^][/:?#]+)', 1), ''),
    'files'
);
