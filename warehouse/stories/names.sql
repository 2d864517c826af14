-- The names in the articles that some batches appended. $batches: the batches, as JSON; $first_on and
-- $last_on: days of these articles, so that the rows of other days are not read.
SELECT
    mentions.article_id,
    mentions.revision,
    mentions.entity_id,
    entities.name,
    mentions.kind,
    list(DISTINCT mentions.text) AS forms,
    count(*) AS times
FROM mentions
INNER JOIN entities USING (entity_id)
WHERE mentions.batch_id IN (SELECT unnest(from_json($batches, '["VARCHAR"]')))
    AND (mentions.published_on IS NULL OR mentions.published_on BETWEEN $first_on AND $last_on)
GROUP BY ALL
ORDER BY mentions.article_id, min(mentions.start_char)
