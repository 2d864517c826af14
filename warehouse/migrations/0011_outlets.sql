-- A text without a URL may name its outlet, as rows of tables do.
COMMENT ON COLUMN sources.source_id IS 'Host name without "www."; for texts without a URL the name of the outlet in lower case, otherwise "files"';
COMMENT ON COLUMN documents.source_id IS 'Host name of the requested URL without "www."; without a URL the name of the outlet in lower case, otherwise "files"';
COMMENT ON COLUMN documents.path IS 'File, with # and the number of the row or record; NULL for a fetched page';
COMMENT ON COLUMN articles.flags IS 'Fixed codes of doubts (suspicious_extraction, ...; date_unread: the input states a day that cannot be read) and of origin: from_pdf, from_docx, from_epub (read from such a file; a PDF does not say where its paragraphs end, so some may be joined or divided wrongly), feed_text (the text in the feed)';
COMMENT ON COLUMN articles.article_id IS 'Key of the article, made from its canonical URL, otherwise from its text and, if it names one, its outlet';
COMMENT ON COLUMN documents.document_id IS 'Key of the acquisition, made from URL (or outlet) and content';
