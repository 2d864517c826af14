ALTER TABLE articles ADD COLUMN paragraph_kinds VARCHAR[];
COMMENT ON COLUMN articles.paragraph_kinds IS 'What each line of the text was in the page: text, heading, item or quote; empty where it is not known';
