"""Jobs: the work of each kind of run, without Prefect."""
