"""Everything at the edge: network, archive, jobs, Prefect, and the command line."""

__version__ = "0.1.0"
