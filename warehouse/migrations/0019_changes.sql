-- Revisions that differ in nothing but white space, punctuation, counters, times and links are
-- not stored. Articles that were stored before this migration have no digest of their wording:
-- they are compared by headline and text, as before.
ALTER TABLE articles ADD COLUMN wording_sha256 VARCHAR;
ALTER TABLE articles ADD COLUMN original_url VARCHAR;
COMMENT ON COLUMN articles.wording_sha256 IS 'Hexadecimal SHA-256 of the words of headline and text, without white space, punctuation and lines that are no part of the article: the same for a trivial change; NULL in rows of older versions';
COMMENT ON COLUMN articles.original_url IS 'Page on another site that the page declares as canonical: where the text was first published, if the publisher took it over; it is not the key of the article; NULL without one';
COMMENT ON COLUMN articles.revision IS '1 for the first text seen, one more for each change of headline or text that is not trivial';

ALTER TABLE visits ADD COLUMN wording_sha256 VARCHAR;
COMMENT ON COLUMN visits.wording_sha256 IS 'Hexadecimal SHA-256 of the words of headline and text when the article was last there; NULL in rows of older versions';
COMMENT ON COLUMN visits.outcome IS 'fetched (for its entry, not planned), or of a planned visit: unchanged (or changed in what is trivial), changed (other words in headline or text), moved (the page shows another article), missing (the article is not there), refused (a wall or another page that is not stored) or failed';

CREATE TABLE changes (
    article_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    is_headline_changed BOOLEAN NOT NULL,
    is_text_changed BOOLEAN NOT NULL,
    words_added INTEGER NOT NULL,
    words_cut INTEGER NOT NULL,
    share DOUBLE NOT NULL,
    headline_diff VARCHAR,
    diff VARCHAR,
    added VARCHAR[] NOT NULL,
    cut VARCHAR[] NOT NULL,
    statements_added VARCHAR[] NOT NULL,
    statements_altered STRUCT(before VARCHAR, after VARCHAR)[] NOT NULL,
    statements_removed VARCHAR[] NOT NULL,
    names_added VARCHAR[] NOT NULL,
    names_removed VARCHAR[] NOT NULL,
    numbers_changed STRUCT(before VARCHAR, after VARCHAR)[] NOT NULL,
    transform_version INTEGER NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE changes IS 'One row per edited revision of an article: what it changed in the revision before; the view edits shows it';
COMMENT ON COLUMN changes.article_id IS 'Article';
COMMENT ON COLUMN changes.revision IS 'Revision with the later version; the earlier one is the revision before';
COMMENT ON COLUMN changes.is_headline_changed IS 'Whether the words of the headline changed; not by white space, punctuation or its style';
COMMENT ON COLUMN changes.is_text_changed IS 'Whether the words of the text changed; not by what is trivial';
COMMENT ON COLUMN changes.words_added IS 'Words that only the later headline and text have';
COMMENT ON COLUMN changes.words_cut IS 'Words that only the earlier headline and text have';
COMMENT ON COLUMN changes.share IS 'Added and cut words as a share of the words of both revisions, 0 to 1';
COMMENT ON COLUMN changes.headline_diff IS 'Headlines word by word: [-cut-] {+added+}; NULL if they are equal';
COMMENT ON COLUMN changes.diff IS 'Texts word by word: [-cut-] {+added+}; long unchanged stretches are cut short with "…"; NULL if they are equal';
COMMENT ON COLUMN changes.added IS 'Passages that were added to the text, at most 20';
COMMENT ON COLUMN changes.cut IS 'Passages that were cut from the text, at most 20';
COMMENT ON COLUMN changes.statements_added IS 'Statements that are new';
COMMENT ON COLUMN changes.statements_altered IS 'Statements with other words or another speaker, before and after';
COMMENT ON COLUMN changes.statements_removed IS 'Statements that are gone';
COMMENT ON COLUMN changes.names_added IS 'Names of people, organizations, places, events and products that are new';
COMMENT ON COLUMN changes.names_removed IS 'Names that are gone';
COMMENT ON COLUMN changes.numbers_changed IS 'Numbers that replaced other numbers, before and after, with the word that follows: "12 dead" and "14 dead"';
COMMENT ON COLUMN changes.transform_version IS 'Version of the step that compared them';
COMMENT ON COLUMN changes.batch_id IS 'Batch that appended this row';

-- An article whose page moved keeps its key. What the page shows under its new address is stored
-- under the old key; rows that were stored before the move was seen keep theirs.
CREATE TABLE moves (
    article_id VARCHAR NOT NULL,
    known_article_id VARCHAR NOT NULL,
    canonical_url VARCHAR,
    requested_url VARCHAR NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE moves IS 'One row per further address of a known article: it moved there, as a redirect from its old address said, or its mobile page is known by it';
COMMENT ON COLUMN moves.article_id IS 'Key that an article at the further address would have';
COMMENT ON COLUMN moves.known_article_id IS 'Key of the article, from its first address';
COMMENT ON COLUMN moves.canonical_url IS 'Further address, as the key of the page';
COMMENT ON COLUMN moves.requested_url IS 'Address that was asked for: the old one, or that of the mobile page';
COMMENT ON COLUMN moves.seen_at IS 'When this was seen, UTC';
COMMENT ON COLUMN moves.batch_id IS 'Batch that appended this row';
