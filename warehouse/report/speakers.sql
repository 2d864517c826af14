SELECT
    quotations.speaker_name AS name,
    count(*) AS occurrences,
    count(DISTINCT articles.article_id) AS articles,
    count(DISTINCT articles.source_id) AS sources
FROM latest_quotations AS quotations
INNER JOIN articles ON articles.article_id = quotations.article_id
    AND articles.revision = quotations.revision
WHERE quotations.speaker_name IS NOT NULL
    AND quotations.act = 'speech'
    AND CAST(articles.published_at AT TIME ZONE 'UTC' AS DATE) BETWEEN $first_on AND $last_on
GROUP BY quotations.speaker_name
ORDER BY occurrences DESC, name
LIMIT 12
