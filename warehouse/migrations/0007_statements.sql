-- Rows stored before this migration have NULL in the new columns. The views then show the pieces of
-- the statement, and count it as speech.
ALTER TABLE quotations ADD COLUMN statement VARCHAR;
ALTER TABLE quotations ADD COLUMN act VARCHAR;
ALTER TABLE quotations ADD COLUMN medium VARCHAR;
ALTER TABLE quotations ADD COLUMN reported_by VARCHAR;
COMMENT ON TABLE quotations IS 'One row per attributed statement, attitude or plan';
COMMENT ON COLUMN quotations.text IS 'articles.text from start_char to end_char, with the words between the pieces; statement has the words alone';
COMMENT ON COLUMN quotations.statement IS 'Words of the statement as they are shown: its pieces, joined by " … "';
COMMENT ON COLUMN quotations.act IS 'speech, attitude (opposes, hopes, fears, denies) or plan (intends to)';
COMMENT ON COLUMN quotations.medium IS 'What carried the words, as written ("a statement", "her book"); NULL if nothing is named';
COMMENT ON COLUMN quotations.reported_by IS 'Who reports the statement of somebody else, resolved if possible; NULL if the article itself does';

CREATE TABLE no_comments (
    article_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    source_id VARCHAR,
    published_at TIMESTAMPTZ,
    published_on DATE,
    paragraph INTEGER,
    start_char INTEGER NOT NULL,
    end_char INTEGER NOT NULL,
    text VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    asked VARCHAR NOT NULL,
    asked_name VARCHAR,
    asked_role VARCHAR,
    asked_entity_id VARCHAR,
    asked_text VARCHAR NOT NULL,
    asked_start_char INTEGER NOT NULL,
    asked_end_char INTEGER NOT NULL,
    asked_by VARCHAR,
    about VARCHAR,
    cue VARCHAR NOT NULL,
    cue_start_char INTEGER NOT NULL,
    confidence DOUBLE NOT NULL,
    transform_version INTEGER NOT NULL,
    batch_id VARCHAR NOT NULL
);
COMMENT ON TABLE no_comments IS 'One row per note that somebody who was asked said nothing';
COMMENT ON COLUMN no_comments.article_id IS 'Article';
COMMENT ON COLUMN no_comments.revision IS 'Revision of the article';
COMMENT ON COLUMN no_comments.source_id IS 'Publisher of its article';
COMMENT ON COLUMN no_comments.published_at IS 'When its article was published, UTC';
COMMENT ON COLUMN no_comments.published_on IS 'Day of published_at, UTC';
COMMENT ON COLUMN no_comments.paragraph IS 'Line of articles.text in which it begins, 1 for the first';
COMMENT ON COLUMN no_comments.start_char IS 'First character of the note in articles.text';
COMMENT ON COLUMN no_comments.end_char IS 'One past the last character of the note';
COMMENT ON COLUMN no_comments.text IS 'articles.text from start_char to end_char';
COMMENT ON COLUMN no_comments.kind IS 'declined ("declined to comment"), no_response ("did not respond to a request") or unreachable ("could not be reached")';
COMMENT ON COLUMN no_comments.asked IS 'asked_name, otherwise asked_text';
COMMENT ON COLUMN no_comments.asked_name IS 'Who was asked, resolved within the article';
COMMENT ON COLUMN no_comments.asked_role IS 'Role that the article gives them';
COMMENT ON COLUMN no_comments.asked_entity_id IS 'Entity of asked_name, NULL if no mention names it';
COMMENT ON COLUMN no_comments.asked_text IS 'Who was asked, as written';
COMMENT ON COLUMN no_comments.asked_start_char IS 'First character of asked_text';
COMMENT ON COLUMN no_comments.asked_end_char IS 'One past the last character of asked_text';
COMMENT ON COLUMN no_comments.asked_by IS 'Who asked, as written ("the Gazette"); NULL if the article does not say';
COMMENT ON COLUMN no_comments.about IS 'What they were asked about, as written; NULL if the article does not say';
COMMENT ON COLUMN no_comments.cue IS 'Words that tell it ("declined to comment")';
COMMENT ON COLUMN no_comments.cue_start_char IS 'First character of the cue';
COMMENT ON COLUMN no_comments.confidence IS 'Expected share of such notes that are right, 0 to 1';
COMMENT ON COLUMN no_comments.transform_version IS 'Version of the transform that found it';
COMMENT ON COLUMN no_comments.batch_id IS 'Batch that appended this row';
