"""Groups of articles: copies of one text."""
