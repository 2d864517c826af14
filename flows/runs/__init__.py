"""Runs: turn items into rows, in batches that are counted and recorded."""
