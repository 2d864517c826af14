"""The commands of `onrecord`, one module each; none imports Prefect before it runs."""
