"""Pages: the report as one HTML file that needs no server, network or script."""
