-- The newest statements of a speaker with their articles, for a feed.
-- `said_by`: the statements of the speaker, see `statements_of_speaker`; $since, $until: the days that
-- these are from; $most: how many.
WITH newest AS (
    SELECT
        article_id,
        start_char,
        speaker,
        source_id,
        published_at
    FROM said_by
    ORDER BY published_at DESC NULLS LAST, article_id, start_char
    LIMIT $most
)
SELECT
    newest.article_id,
    newest.start_char,
    newest.speaker,
    newest.source_id,
    newest.published_at,
    quotations.statement,
    articles.title,
    articles.url
FROM newest
INNER JOIN latest_quotations AS quotations
    ON quotations.article_id = newest.article_id
    AND quotations.start_char = newest.start_char
    AND quotations.published_on BETWEEN $since AND $until
INNER JOIN latest_articles AS articles
    ON articles.article_id = newest.article_id
    AND articles.published_on BETWEEN $since AND $until
ORDER BY newest.published_at DESC NULLS LAST, newest.article_id, newest.start_char
