-- The articles that some batches appended, with their direct quotations. $batches: the batches, as JSON.
-- The earliest one comes first, whichever feed was read first: the others are copies of it.
WITH new AS (
    SELECT
        rowid AS place,
        article_id,
        revision,
        source_id,
        title,
        text,
        published_on,
        published_at
    FROM articles
    WHERE batch_id IN (SELECT unnest(from_json($batches, '["VARCHAR"]')))
),
quoted AS (
    SELECT
        article_id,
        revision,
        list([start_char, end_char] ORDER BY start_char) AS spans
    FROM quotations
    WHERE batch_id IN (SELECT unnest(from_json($batches, '["VARCHAR"]'))) AND kind = 'direct'
    GROUP BY article_id, revision
)
SELECT
    new.article_id,
    new.revision,
    new.source_id,
    new.title,
    new.text,
    coalesce(quoted.spans, []) AS spans
FROM new
LEFT JOIN quoted USING (article_id, revision)
ORDER BY new.published_on NULLS LAST, new.published_at NULLS LAST, new.place
