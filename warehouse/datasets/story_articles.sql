SELECT
    story_id,
    article_id,
    revision,
    source_id,
    published_on,
    is_copy,
    cluster_id,
    similarity,
    is_central
FROM story_articles
