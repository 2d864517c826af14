-- The topics of the articles that name an entity, the most frequent first.
-- `named_here`: where the entity is named, see `mentions_of_entity`; $since, $until: the days;
-- $most: how many.
SELECT
    topics.topic,
    topics.level,
    count(DISTINCT topics.article_id) AS articles
FROM latest_topics AS topics
WHERE topics.published_on BETWEEN $since AND $until
    AND topics.article_id IN (
        SELECT named_here.article_id
        FROM named_here
    )
GROUP BY
    topics.topic,
    topics.level
ORDER BY articles DESC, topics.level, topics.topic
LIMIT $most
