"""Finds statements and the people who made them."""
