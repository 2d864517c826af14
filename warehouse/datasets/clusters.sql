SELECT
    cluster_id,
    article_id,
    revision,
    source_id,
    published_on,
    is_earliest,
    likely_origin,
    earliest_article_id,
    articles,
    copied_article_id,
    similarity,
    containment,
    words_added,
    words_cut,
    added,
    cut
FROM clusters
