-- Refused items, the newest first. $reason, $kind (wall, no_article or fault), $stage: only these,
-- NULL for all; $words: part of the item, NULL for all; $skip: rows before the page; $most: how many.
WITH chosen AS (
    SELECT
        rejections.rejection_id,
        rejections.run_id,
        rejections.document_id,
        rejections.item,
        rejections.stage,
        rejections.reason,
        coalesce(refusal_reasons.kind, 'fault') AS kind,
        rejections.detail,
        rejections.rejected_at
    FROM rejections
    LEFT JOIN refusal_reasons ON refusal_reasons.reason = rejections.reason
    WHERE ($reason IS NULL OR rejections.reason = $reason)
        AND ($stage IS NULL OR rejections.stage = $stage)
        AND ($words IS NULL OR contains(lower(rejections.item), lower($words)))
        AND ($kind IS NULL OR coalesce(refusal_reasons.kind, 'fault') = $kind)
    ORDER BY rejections.rejected_at DESC, rejections.rejection_id
    LIMIT $most
    OFFSET $skip
),
places AS MATERIALIZED (
    SELECT DISTINCT document_id
    FROM documents
    SEMI JOIN chosen USING (document_id)
)
SELECT
    chosen.rejection_id,
    chosen.run_id,
    chosen.item,
    chosen.stage,
    chosen.reason,
    chosen.kind,
    chosen.detail,
    chosen.rejected_at,
    places.document_id IS NOT NULL AS has_document
FROM chosen
LEFT JOIN places USING (document_id)
ORDER BY chosen.rejected_at DESC, chosen.rejection_id
