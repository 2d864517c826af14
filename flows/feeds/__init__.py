"""Feeds: finding, listing, reading and polling them."""
