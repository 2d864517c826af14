-- A bare last name counts for the person it is linked to, as in `speakers`.
CREATE OR REPLACE VIEW entity_daily AS
SELECT
    named.name,
    named.kind,
    named.published_on,
    count(*) AS mentions,
    count(DISTINCT named.article_id) AS articles,
    count(DISTINCT named.source_id) AS sources,
    named.entity_id
FROM (
    SELECT
        entities.name,
        entities.kind,
        mentions.published_on,
        mentions.article_id,
        mentions.source_id,
        entities.entity_id
    FROM latest_mentions AS mentions
    INNER JOIN entities USING (entity_id)
    WHERE entities.kind <> 'person' OR contains(entities.name, ' ')
    UNION ALL
    SELECT
        coalesce(linked.full_name, entities.name) AS name,
        entities.kind,
        mentions.published_on,
        mentions.article_id,
        mentions.source_id,
        coalesce(linked.full_entity_id, entities.entity_id) AS entity_id
    FROM latest_mentions AS mentions
    INNER JOIN entities USING (entity_id)
    LEFT JOIN linked_people AS linked
        ON linked.entity_id = entities.entity_id
        AND linked.source_id = mentions.source_id
        AND linked.week_starts_on = CAST(date_trunc('week', mentions.published_on) AS DATE)
    WHERE entities.kind = 'person' AND NOT contains(entities.name, ' ')
) AS named
GROUP BY
    named.name,
    named.kind,
    named.published_on,
    named.entity_id;
COMMENT ON VIEW entity_daily IS 'One row per entity and day, with counts of its mentions';
COMMENT ON COLUMN entity_daily.mentions IS 'Mentions of it, also by a bare last name that `linked_people` links';
COMMENT ON COLUMN entity_daily.articles IS 'Articles that name it';
COMMENT ON COLUMN entity_daily.sources IS 'Publishers of those articles';

CREATE OR REPLACE VIEW places AS
SELECT
    entities.name,
    entities.country,
    entities.latitude,
    entities.longitude,
    mentions.published_on,
    count(*) AS mentions,
    count(DISTINCT mentions.article_id) AS articles,
    count(DISTINCT mentions.source_id) AS sources,
    entities.entity_id
FROM latest_mentions AS mentions
INNER JOIN entities USING (entity_id)
WHERE mentions.kind = 'place'
GROUP BY
    entities.name,
    entities.country,
    entities.latitude,
    entities.longitude,
    mentions.published_on,
    entities.entity_id;
COMMENT ON VIEW places IS 'One row per place and day, with its coordinates and counts of its mentions';
COMMENT ON COLUMN places.mentions IS 'Mentions of it';
COMMENT ON COLUMN places.articles IS 'Articles that name it';
COMMENT ON COLUMN places.sources IS 'Publishers of those articles';
