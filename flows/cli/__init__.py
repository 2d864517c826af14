"""The command line. No command imports Prefect, DuckDB or trafilatura before it runs."""
