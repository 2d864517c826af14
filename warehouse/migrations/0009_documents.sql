-- Articles may come from PDF, DOCX and EPUB files: the same columns have more values.
COMMENT ON COLUMN documents.media_type IS 'html, text, pdf, docx or epub';
COMMENT ON COLUMN articles.extractor IS 'Extractor of the text: trafilatura, json_ld, plain, verbatim, pdf, docx, epub, ...';
COMMENT ON COLUMN articles.flags IS 'Fixed codes of doubts (suspicious_extraction, ...) and of origin: from_pdf, from_docx, from_epub (read from such a file; a PDF does not say where its paragraphs end, so some may be joined or divided wrongly), feed_text (the text in the feed)';
