"""Statements with those who made them."""
