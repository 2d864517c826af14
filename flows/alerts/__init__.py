"""What people are told: problems that need them, and what their watches found."""
