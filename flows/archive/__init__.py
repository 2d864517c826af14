"""The archive: everything that was fetched or loaded, unchanged, in WARC files."""
