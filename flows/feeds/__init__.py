"""Feeds: finding, listing, parsing and polling them."""
