-- Where a statement was printed, in any of its wordings, by time of publication.
-- $wordings: fingerprints of its wordings; $most: how many places.
SELECT
    quotations.article_id,
    quotations.revision,
    quotations.start_char,
    quotations.statement,
    quotations.kind,
    quotations.act,
    quotations.speaker,
    quotations.speaker_role,
    quotations.speaker_entity_id,
    quotations.medium,
    quotations.reported_by,
    quotations.confidence,
    quotations.fingerprint,
    quotations.source_id,
    quotations.published_at,
    quotations.published_on
FROM latest_quotations AS quotations
WHERE list_contains($wordings, quotations.fingerprint)
ORDER BY quotations.published_at NULLS LAST, quotations.article_id, quotations.start_char
LIMIT $most
