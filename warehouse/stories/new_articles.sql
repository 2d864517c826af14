-- The articles that some batches appended and that have no story yet, with the cluster of their
-- copies. $batches: the batches, as JSON. Rows are found first, so that no other text is unpacked.
WITH place AS (
    SELECT
        articles.article_id,
        arg_max(articles.rowid, articles.revision) AS place
    FROM articles
    WHERE articles.batch_id IN (SELECT unnest(from_json($batches, '["VARCHAR"]')))
    GROUP BY articles.article_id
),
new AS (
    SELECT
        place.article_id,
        place.place
    FROM place
    ANTI JOIN story_members USING (article_id)
),
clustered AS (
    SELECT
        members.article_id,
        members.cluster_id
    FROM cluster_members AS members
    SEMI JOIN new USING (article_id)
)
SELECT
    articles.article_id,
    articles.revision,
    coalesce(articles.published_at, articles.fetched_at) AS told_at,
    articles.published_on,
    articles.language,
    articles.title,
    articles.text,
    clustered.cluster_id
FROM articles
LEFT JOIN clustered USING (article_id)
WHERE articles.rowid IN (SELECT place FROM new)
ORDER BY told_at, articles.article_id
