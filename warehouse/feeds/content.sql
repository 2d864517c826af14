-- Of the newest entries with a stored article: characters of the text in the feed, and of the
-- article. The places of the articles are found first, so that only their texts are read.
WITH newest AS MATERIALIZED (
    SELECT canonical_url, content
    FROM entries
    WHERE feed_id = $feed_id AND status = 'new' AND canonical_url IS NOT NULL
    ORDER BY seen_at DESC
    LIMIT 20
),
places AS MATERIALIZED (
    SELECT
        articles.canonical_url,
        arg_max(articles.rowid, articles.revision) AS place
    FROM articles
    SEMI JOIN newest USING (canonical_url)
    GROUP BY articles.article_id, articles.canonical_url
)
SELECT
    count(*) AS entries,
    CAST(median(length(regexp_replace(coalesce(newest.content, ''), '<[^>]*>', '', 'g'))) AS BIGINT) AS feed_characters,
    CAST(median(length(articles.text)) AS BIGINT) AS article_characters
FROM newest
INNER JOIN places USING (canonical_url)
INNER JOIN articles ON articles.rowid = places.place
