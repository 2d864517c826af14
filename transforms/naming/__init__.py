"""People, organizations and places, and the entities they stand for."""
