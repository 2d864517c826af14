"""The archive: everything fetched or loaded, unchanged, in WARC files."""
