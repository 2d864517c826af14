"""What is known about each language: its profile, and its word lists when they are needed."""
