"""What Prefect is told and given: settings, deployments, schedules, artifacts."""
