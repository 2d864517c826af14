"""What needs a person: found, recorded and told."""
