"""Temporal expressions and the days they mean."""
