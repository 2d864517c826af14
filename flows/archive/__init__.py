"""WARC files: everything that was acquired, as it came."""
