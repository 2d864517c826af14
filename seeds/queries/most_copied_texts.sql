-- Which texts ran in most outlets, who had them first, and how fast did others follow?
SELECT
    originals.published_on,
    originals.title,
    originals.likely_origin,
    originals.source_id AS first_source_id,
    count(DISTINCT copies.source_id) AS copied_by,
    round(median(copies.hours_later), 1) AS median_hours_later
FROM originals
INNER JOIN syndication AS copies USING (cluster_id)
GROUP BY ALL
ORDER BY copied_by DESC, originals.published_on DESC, originals.title
LIMIT 20
