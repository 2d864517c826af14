-- The edits that put a statement into an article, altered it or removed it, by time.
-- $wordings: fingerprints of its wordings; $speakers: who said it.
WITH edited AS (
    SELECT DISTINCT article_id
    FROM changes
),
held AS (
    SELECT
        quotations.article_id,
        min(quotations.revision) AS first_revision,
        max(quotations.revision) AS last_revision,
        arg_max(quotations.statement, quotations.revision) AS statement
    FROM quotations
    SEMI JOIN edited USING (article_id)
    WHERE list_contains($wordings, quotations.fingerprint)
        AND (quotations.speaker IS NULL OR list_contains($speakers, quotations.speaker))
    GROUP BY quotations.article_id, quotations.fingerprint
)
SELECT
    edits.article_id,
    edits.revision,
    edits.source_id,
    edits.title,
    edits.changed_at,
    edits.previous_fetched_at,
    held.statement,
    edits.revision = held.first_revision AS is_added,
    list_filter(
        edits.statements_altered,
        lambda pair: CASE
            WHEN edits.revision = held.first_revision THEN contains(pair.after, held.statement)
            ELSE contains(pair.before, held.statement)
        END
    ) AS altered
FROM held
INNER JOIN edits
    ON edits.article_id = held.article_id
    AND edits.revision IN (held.first_revision, held.last_revision + 1)
-- An edit that put one wording in place of another one counts once.
QUALIFY row_number() OVER (
    PARTITION BY edits.article_id, edits.revision
    ORDER BY edits.revision = held.first_revision, held.statement
) = 1
ORDER BY edits.changed_at, edits.article_id, edits.revision
