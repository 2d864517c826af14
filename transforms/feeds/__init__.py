"""What feeds say, and when they are polled again."""
