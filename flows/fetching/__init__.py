"""Fetching: polite, bounded requests to hosts on the public internet."""
