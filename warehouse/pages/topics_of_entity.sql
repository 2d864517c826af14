-- The topics of the articles that name an entity, the most frequent first.
-- $entity: its key; $since, $until: the days; $most: how many.
SELECT
    topics.topic,
    topics.level,
    count(DISTINCT topics.article_id) AS articles
FROM latest_topics AS topics
WHERE topics.published_on BETWEEN $since AND $until
    AND topics.article_id IN (
        SELECT mentions.article_id
        FROM latest_mentions AS mentions
        WHERE mentions.entity_id = $entity AND mentions.published_on BETWEEN $since AND $until
    )
GROUP BY
    topics.topic,
    topics.level
ORDER BY articles DESC, topics.level, topics.topic
LIMIT $most
