"""Prefect: flows, deployments, the server, and running without them."""
