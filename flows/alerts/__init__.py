"""Alerts: watches, and the messages that tell of what happened."""
