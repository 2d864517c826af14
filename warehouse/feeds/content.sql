-- Of the newest entries with a stored article: characters of the text in the feed, and of the article.
SELECT
    count(*) AS entries,
    CAST(median(length(regexp_replace(coalesce(newest.content, ''), '<[^>]*>', '', 'g'))) AS BIGINT) AS feed_characters,
    CAST(median(length(articles.text)) AS BIGINT) AS article_characters
FROM (
    SELECT canonical_url, content
    FROM entries
    WHERE feed_id = $feed_id AND status = 'new' AND canonical_url IS NOT NULL
    ORDER BY seen_at DESC
    LIMIT 20
) AS newest
INNER JOIN latest_articles AS articles USING (canonical_url)
