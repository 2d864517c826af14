"""Backfills: fill days from the archive, WARC files, sitemaps, feeds or files."""
