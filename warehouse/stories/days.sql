-- The single days that the articles of some batches name. $batches: the batches; $first_on and
-- $last_on: days of these articles.
SELECT
    article_id,
    revision,
    list(DISTINCT starts_on ORDER BY starts_on) AS days
FROM date_mentions
WHERE list_contains($batches, batch_id)
    AND starts_on = ends_on
    AND (published_on IS NULL OR published_on BETWEEN $first_on AND $last_on)
GROUP BY article_id, revision
