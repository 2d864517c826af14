CREATE OR REPLACE VIEW attributed AS
SELECT
    quotations.speaker,
    quotations.speaker_role,
    quotations.statement,
    quotations.kind,
    quotations.act,
    quotations.published_on,
    quotations.published_at,
    quotations.source_id,
    articles.title,
    coalesce(articles.url, articles.canonical_url) AS url,
    quotations.cue,
    quotations.medium,
    quotations.reported_by,
    quotations.confidence,
    quotations.speaker_text,
    quotations.speaker_entity_id,
    quotations.fingerprint,
    quotations.article_id,
    quotations.revision,
    quotations.paragraph,
    quotations.start_char,
    quotations.end_char
-- Not `latest_quotations`: earlier revisions are left out of the articles, which are fewer.
FROM current_quotations AS quotations
INNER JOIN latest_articles AS articles USING (article_id, revision);
COMMENT ON VIEW attributed IS 'Statements, attitudes and plans, with whose they are, and when and where they were published';
COMMENT ON COLUMN attributed.url IS 'URL it was fetched from, without tracking parameters, otherwise its canonical URL; NULL if it has neither';
COMMENT ON COLUMN attributed.speaker IS 'Speaker resolved within the article, otherwise as written; NULL if the article gives only a role or a pronoun';

CREATE OR REPLACE VIEW said AS
SELECT
    attributed.speaker,
    attributed.speaker_role,
    attributed.statement,
    attributed.kind,
    attributed.act,
    attributed.published_on,
    attributed.published_at,
    attributed.source_id,
    attributed.title,
    attributed.url,
    attributed.cue,
    attributed.medium,
    attributed.reported_by,
    attributed.confidence,
    attributed.speaker_text,
    attributed.speaker_entity_id,
    attributed.fingerprint,
    attributed.article_id,
    attributed.revision,
    attributed.paragraph,
    attributed.start_char,
    attributed.end_char
FROM attributed
WHERE attributed.act = 'speech';
COMMENT ON VIEW said IS 'Who said what, in which role, and when and where it was published; without attitudes and plans, which attributed has';
COMMENT ON COLUMN said.url IS 'URL it was fetched from, without tracking parameters, otherwise its canonical URL; NULL if it has neither';
COMMENT ON COLUMN said.act IS 'Always speech';

CREATE OR REPLACE VIEW no_comment AS
SELECT
    notes.asked AS speaker,
    notes.asked_role AS speaker_role,
    notes.kind,
    notes.about,
    notes.asked_by,
    notes.text,
    notes.published_on,
    notes.published_at,
    notes.source_id,
    articles.title,
    coalesce(articles.url, articles.canonical_url) AS url,
    notes.cue,
    notes.confidence,
    notes.asked_text AS speaker_text,
    notes.asked_entity_id AS speaker_entity_id,
    notes.article_id,
    notes.revision,
    notes.paragraph,
    notes.start_char,
    notes.end_char
FROM latest_no_comments AS notes
INNER JOIN articles USING (article_id, revision);
COMMENT ON VIEW no_comment IS 'Who was asked and said nothing, by whom and about what, and when and where it was published';
COMMENT ON COLUMN no_comment.url IS 'URL it was fetched from, without tracking parameters, otherwise its canonical URL; NULL if it has neither';
COMMENT ON COLUMN no_comment.speaker IS 'Who was asked, resolved within the article, otherwise as written';
COMMENT ON COLUMN no_comment.speaker_role IS 'Role that the article gives them';
COMMENT ON COLUMN no_comment.speaker_text IS 'Who was asked, as written';
COMMENT ON COLUMN no_comment.speaker_entity_id IS 'Entity of speaker, NULL if no mention names it';
