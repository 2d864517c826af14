"""From a page or a text to an article: decoding, extraction, metadata."""
