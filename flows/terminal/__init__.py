"""What people see: rows, reports, progress, prompts."""
