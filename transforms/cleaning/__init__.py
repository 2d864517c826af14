"""Turns a page or a text into an article: decoding, extraction, metadata."""
