"""Backfills: ranges of days filled from archives, WARC files, sitemaps, feeds and files."""
