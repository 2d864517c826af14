"""What can go wrong: a table of cases with their tests, kills, and long runs."""
