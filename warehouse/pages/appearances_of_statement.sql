-- Where a statement was printed, in any of its wordings, by time of publication. An article that lost
-- it in an edit counts as well, with the last revision that had it.
-- $wordings: fingerprints of its wordings; $most: how many places.
SELECT
    quotations.article_id,
    quotations.revision,
    quotations.start_char,
    quotations.end_char,
    coalesce(quotations.statement, quotations.text) AS statement,
    quotations.kind,
    coalesce(quotations.act, 'speech') AS act,
    quotations.speaker,
    quotations.speaker_role,
    quotations.medium,
    quotations.confidence,
    quotations.fingerprint,
    quotations.source_id,
    quotations.published_at,
    quotations.published_on
FROM quotations
ANTI JOIN analyses AS replacing
    ON replacing.replaces_batch_id IS NOT NULL
    AND replacing.transform = 'quotations'
    AND replacing.replaces_batch_id = quotations.batch_id
    AND replacing.article_id = quotations.article_id
    AND replacing.revision = quotations.revision
WHERE list_contains($wordings, quotations.fingerprint)
QUALIFY quotations.revision = max(quotations.revision) OVER (
    PARTITION BY quotations.article_id, quotations.speaker
)
ORDER BY quotations.published_at NULLS LAST, quotations.article_id, quotations.start_char
LIMIT $most
