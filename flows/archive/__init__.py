"""The archive: everything fetched or loaded, unchanged, in WARC files; and archives of others."""
