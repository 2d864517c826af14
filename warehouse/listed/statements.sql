-- Statements with their articles, of the days that are read; the columns are those of `attributed`.
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
    articles.url,
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
FROM current_quotations AS quotations
INNER JOIN latest_articles AS articles USING (article_id, revision)
WHERE {days}
