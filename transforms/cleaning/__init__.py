"""Turns a page or a text into an article: extraction, metadata."""
