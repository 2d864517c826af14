-- Rows stored before this migration have NULL in the new columns.
ALTER TABLE articles ADD COLUMN page_type VARCHAR;
ALTER TABLE articles ADD COLUMN next_page_url VARCHAR;
ALTER TABLE articles ADD COLUMN alternative_titles VARCHAR[];
ALTER TABLE articles ADD COLUMN declared_region VARCHAR;
COMMENT ON COLUMN articles.page_type IS 'Kind of page: article, live, listing, collection, product, service, forum, documentation or other; NULL for plain text';
COMMENT ON COLUMN articles.next_page_url IS 'Next page of an article on several pages; NULL if the page names none';
COMMENT ON COLUMN articles.alternative_titles IS 'Other headlines that the page states, without title';
COMMENT ON COLUMN articles.declared_region IS 'Country that the page declares with its language (en-GB), as ISO 3166-1 alpha-2; it decides about days like 03/04/2024';
COMMENT ON COLUMN fetches.failure IS 'Fixed code of the failure or of the wall (see refusal_reasons); NULL if the page of an article was fetched';
COMMENT ON COLUMN entries.status IS 'new, changed (also: its feed gave it a new key) or renamed (another key for a known URL; not fetched again)';
