-- Stored URLs have no tracking parameters; the URL that was requested is kept beside them. Rows
-- stored before this migration keep their URLs.
ALTER TABLE documents ADD COLUMN requested_url VARCHAR;
COMMENT ON COLUMN documents.url IS 'Requested URL without tracking parameters, NULL for a file without one';
COMMENT ON COLUMN documents.requested_url IS 'Requested URL as the feed or the input gives it, NULL if it equals url';
COMMENT ON COLUMN documents.final_url IS 'URL after redirects without tracking parameters, NULL if it equals url';
COMMENT ON COLUMN articles.url IS 'URL it was fetched from, without tracking parameters; NULL for files without one';
COMMENT ON COLUMN entries.url IS 'URL of the page as the feed gives it, absolute: it is what is requested';
