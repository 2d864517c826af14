-- Articles that name an entity, the newest first.
-- `named_here`: where the entity is named, see `mentions_of_entity`; $since, $until: the days; $outlet:
-- part of the name of a source in small letters, '' for any; $most and $skip: how many, and how many
-- before them.
WITH named AS (
    SELECT
        article_id,
        any_value(published_at) AS published_at,
        count(*) AS mentions
    FROM named_here
    WHERE contains(lower(source_id), $outlet)
    GROUP BY article_id
    ORDER BY any_value(published_at) DESC NULLS LAST, article_id
    LIMIT $most
    OFFSET $skip
)
SELECT
    articles.article_id,
    articles.title,
    articles.language,
    articles.source_id,
    articles.published_on,
    named.mentions
FROM named
INNER JOIN latest_articles AS articles USING (article_id)
WHERE articles.published_on BETWEEN $since AND $until
ORDER BY named.published_at DESC NULLS LAST, named.article_id
