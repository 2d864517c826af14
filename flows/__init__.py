"""The edge: Prefect flows, network, clock, settings and the command line."""
