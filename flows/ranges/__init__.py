"""Ranges of days filled from archives, sitemaps, feeds and files."""
