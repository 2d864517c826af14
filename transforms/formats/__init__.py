"""Files with a layout of their own (PDF, DOCX, EPUB), read as paragraphs of prose."""
