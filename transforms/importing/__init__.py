"""Records of other tools and rows of tables: which field holds what, and how to read it."""
