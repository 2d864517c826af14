"""Runs: how documents travel from an item to rows, in batches that are counted and recorded."""
