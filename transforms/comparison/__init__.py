"""Compares two revisions of one article: what was added, cut and altered."""
