-- The newest articles that a feed brought. $feed_id: the feed; $most: how many.
WITH newest AS MATERIALIZED (
    SELECT canonical_url, max(seen_at) AS seen_at
    FROM entries
    WHERE feed_id = $feed_id AND status = 'new' AND canonical_url IS NOT NULL
    GROUP BY canonical_url
    ORDER BY seen_at DESC
    LIMIT 4 * $most
),
places AS MATERIALIZED (
    SELECT
        arg_max(articles.rowid, articles.revision) AS place,
        any_value(newest.seen_at) AS seen_at
    FROM articles
    INNER JOIN newest USING (canonical_url)
    GROUP BY articles.article_id
)
SELECT
    articles.article_id,
    articles.title,
    articles.language,
    articles.published_on,
    articles.words,
    places.seen_at
FROM places
INNER JOIN articles ON articles.rowid = places.place
ORDER BY places.seen_at DESC, articles.article_id
LIMIT $most
