-- The statements, attitudes and plans in a revision of an article, in reading order.
-- $article_id, $revision: the revision; $day: its day.
SELECT
    quotations.start_char,
    quotations.end_char,
    quotations.fragments,
    quotations.statement,
    quotations.kind,
    quotations.act,
    quotations.speaker,
    quotations.speaker_text,
    quotations.speaker_role,
    quotations.speaker_entity_id,
    quotations.cue,
    quotations.medium,
    quotations.reported_by,
    quotations.confidence,
    coalesce(
        (
            SELECT min_by(wordings.statement_id, wordings.rowid)
            FROM statement_wordings AS wordings
            WHERE wordings.fingerprint = quotations.fingerprint AND wordings.speaker = quotations.speaker
        ),
        quotations.fingerprint
    ) AS statement_id
FROM latest_quotations AS quotations
WHERE quotations.article_id = $article_id
    AND quotations.revision = $revision
    AND ($day IS NULL OR quotations.published_on = $day)
ORDER BY quotations.start_char, quotations.end_char
