"""Finds what an article is about: its keyphrases and its topics."""
