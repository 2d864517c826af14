"""Fetching: polite, bounded requests to public addresses."""
