-- Who and what is named in the most articles of a story, and which outlet named it first.
-- $story: its key; $since, $until: the days of its articles; $most: how many of each kind.
WITH named AS (
    SELECT
        mentions.entity_id,
        count(DISTINCT mentions.article_id) AS articles,
        count(DISTINCT mentions.source_id) AS sources,
        min(mentions.published_at) AS first_at,
        arg_min(mentions.source_id, mentions.published_at) AS first_source_id,
        arg_min(mentions.article_id, mentions.published_at) AS first_article_id
    FROM latest_mentions AS mentions
    INNER JOIN current_story_members AS members USING (article_id)
    WHERE members.story_id = $story AND mentions.published_on BETWEEN $since AND $until
    GROUP BY mentions.entity_id
)
SELECT
    named.entity_id,
    entities.name,
    entities.kind,
    named.articles,
    named.sources,
    named.first_at,
    named.first_source_id,
    named.first_article_id
FROM named
INNER JOIN entities USING (entity_id)
WHERE entities.kind IN ('person', 'organization', 'place')
QUALIFY row_number() OVER (
    PARTITION BY entities.kind
    ORDER BY named.articles DESC, named.first_at NULLS LAST, entities.name
) <= $most
ORDER BY named.articles DESC, named.first_at NULLS LAST, entities.name
