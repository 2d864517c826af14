"""What users bring: files, tables, records of other tools, lists of URLs, web archives."""
