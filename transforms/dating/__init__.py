"""Temporal expressions and the days that they span."""
