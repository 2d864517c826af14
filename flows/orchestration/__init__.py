"""Prefect: flows, deployments and the server, and running without them."""
