"""Metrics for Prometheus: figures of the runs, as a page and as a text file."""
