SELECT
    story_id,
    article_id,
    revision,
    source_id,
    published_at,
    title,
    url,
    language,
    words,
    is_copy,
    cluster_id,
    similarity,
    is_central
FROM story_articles
