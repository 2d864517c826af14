-- Who is named together in a paragraph most often?
SELECT
    name,
    other_name,
    count(*) AS paragraphs,
    count(DISTINCT article_id) AS articles
FROM co_mentions
WHERE name < other_name
GROUP BY name, other_name
ORDER BY paragraphs DESC, name, other_name
LIMIT 20
