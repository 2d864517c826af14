CREATE OR REPLACE VIEW entity_daily AS
SELECT
    entities.name,
    entities.kind,
    mentions.published_on,
    count(*) AS mentions,
    count(DISTINCT mentions.article_id) AS articles,
    count(DISTINCT mentions.source_id) AS sources,
    entities.entity_id
FROM latest_mentions AS mentions
INNER JOIN entities USING (entity_id)
GROUP BY
    entities.name,
    entities.kind,
    mentions.published_on,
    entities.entity_id;
COMMENT ON VIEW entity_daily IS 'One row per entity and day, with counts of its mentions';
COMMENT ON COLUMN entity_daily.mentions IS 'Mentions of it';
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
