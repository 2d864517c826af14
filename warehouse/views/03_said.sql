CREATE OR REPLACE VIEW said AS
SELECT
    quotations.speaker,
    quotations.speaker_role,
    CASE
        WHEN len(quotations.fragments) > 1
            THEN array_to_string([
                substr(quotations.text, fragment[1] - quotations.start_char + 1, fragment[2] - fragment[1])
                FOR fragment IN quotations.fragments
            ], ' ')
        ELSE quotations.text
    END AS statement,
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
COMMENT ON VIEW said IS 'Who said what, in which role, when and where it was published';
COMMENT ON COLUMN said.speaker IS 'Source resolved within the article, else as written; NULL when nobody is named';
COMMENT ON COLUMN said.statement IS 'What was said; of an interrupted statement its pieces, without what stands between';
