-- The single days that the articles of some batches name. $batches: the batches, as JSON; $first_on and
-- $last_on: days of these articles.
SELECT
    article_id,
    revision,
    list(DISTINCT starts_on ORDER BY starts_on) AS days
FROM date_mentions
WHERE batch_id IN (SELECT unnest(from_json($batches, '["VARCHAR"]')))
    AND starts_on = ends_on
    AND (published_on IS NULL OR published_on BETWEEN $first_on AND $last_on)
GROUP BY article_id, revision
