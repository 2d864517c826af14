-- How much of what each outlet publishes is its own text?
SELECT
    articles.source_id,
    count(*) AS articles,
    count(*) FILTER (clusters.cluster_id IS NULL) AS without_copies,
    count(*) FILTER (clusters.is_earliest) AS copied_by_others,
    count(*) FILTER (NOT clusters.is_earliest) AS copies,
    round(100 * count(*) FILTER (NOT clusters.is_earliest) / count(*), 1) AS percent_copies
FROM latest_articles AS articles
LEFT JOIN clusters USING (article_id)
GROUP BY articles.source_id
ORDER BY articles DESC, articles.source_id
LIMIT 20
