-- Which stories did most outlets report, and who had them first?
SELECT
    stories.first_at,
    stories.headline,
    stories.articles,
    stories.sources,
    arg_min(articles.source_id, articles.published_at) AS first_source_id
FROM stories
INNER JOIN story_articles AS articles USING (story_id)
WHERE stories.sources > 1
GROUP BY ALL
ORDER BY stories.sources DESC, stories.articles DESC, stories.headline
LIMIT 20
