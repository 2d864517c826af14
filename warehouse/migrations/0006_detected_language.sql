ALTER TABLE articles ADD COLUMN detected_language VARCHAR;
COMMENT ON COLUMN articles.detected_language IS 'ISO 639-1 code that was detected in the text, NULL where it was not asked';
