"""Feeds: read from bytes, found behind pages, listed, polled."""
