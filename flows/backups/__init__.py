"""Backups: where they are kept, what is in them, and how they come back."""
