"""Finds people, organizations and places, and the entities that they stand for."""
