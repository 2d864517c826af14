-- The articles with the same text as an article, the earliest first; the article itself is among them.
-- There is none if it has no copy. $article_id: its key; $most: how many.
WITH mine AS (
    SELECT coalesce(
        (SELECT arg_max(cluster_id, revision) FROM copies WHERE article_id = $article_id),
        $article_id
    ) AS cluster_id
),
cluster AS (
    SELECT coalesce(
        (SELECT arg_max(into_cluster_id, merged_at) FROM cluster_merges WHERE cluster_id = mine.cluster_id),
        mine.cluster_id
    ) AS cluster_id
    FROM mine
),
merged AS (
    SELECT cluster_id
    FROM cluster
    UNION
    SELECT cluster_id
    FROM cluster_merges
    GROUP BY cluster_id
    HAVING arg_max(into_cluster_id, merged_at) = (SELECT cluster_id FROM cluster)
),
newest AS (
    SELECT
        article_id,
        max_by(copies, revision) AS found
    FROM copies
    WHERE cluster_id IN (SELECT cluster_id FROM merged)
    GROUP BY article_id
),
members AS (
    SELECT article_id
    FROM newest
    UNION
    SELECT cluster_id
    FROM merged
    WHERE EXISTS (SELECT 1 FROM newest)
)
SELECT
    articles.article_id,
    articles.source_id,
    articles.title,
    articles.language,
    articles.agency,
    articles.published_at,
    newest.found.copied_article_id AS copied_article_id,
    newest.found.similarity AS similarity,
    newest.found.words_added AS words_added,
    newest.found.words_cut AS words_cut,
    newest.found.added AS added,
    newest.found.cut AS cut
FROM latest_articles AS articles
INNER JOIN members USING (article_id)
LEFT JOIN newest USING (article_id)
ORDER BY
    coalesce(
        articles.published_at
        + CASE WHEN articles.published_precision = 'day' THEN INTERVAL 1 DAY ELSE INTERVAL 0 DAY END,
        articles.fetched_at
    ),
    articles.fetched_at,
    articles.article_id
LIMIT $most
