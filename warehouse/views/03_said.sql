CREATE OR REPLACE VIEW said AS
SELECT
    quotations.speaker,
    quotations.speaker_role,
    quotations.statement,
    quotations.kind,
    quotations.published_on,
    quotations.published_at,
    quotations.source_id,
    articles.title,
    articles.url,
    quotations.cue,
    quotations.confidence,
    quotations.speaker_text,
    quotations.speaker_entity_id,
    quotations.fingerprint,
    quotations.article_id,
    quotations.revision,
    quotations.paragraph,
    quotations.start_char,
    quotations.end_char
FROM latest_quotations AS quotations
INNER JOIN articles USING (article_id, revision);
COMMENT ON VIEW said IS 'Who said what, in which role, and when and where it was published';
COMMENT ON COLUMN said.speaker IS 'Speaker resolved within the article, otherwise as written; NULL if nobody is named';
