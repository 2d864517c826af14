"""Jobs: what a run of each kind does. Nothing here knows Prefect."""
