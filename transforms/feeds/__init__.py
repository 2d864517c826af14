"""The content of feeds, and when to poll them again."""
