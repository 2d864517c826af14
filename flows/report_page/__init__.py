"""`onrecord report`: one HTML file that opens from disk, without server, network or script."""
