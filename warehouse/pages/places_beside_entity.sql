-- Places that the same articles name as a place, the nearest first, with their distance from it.
-- `named_here`: where the place is named, see `mentions_of_entity`; $entity: key of the place;
-- $latitude, $longitude: where it is; $since, $until: the days; $most: how many.
WITH naming AS (
    SELECT DISTINCT article_id
    FROM named_here
),
named AS (
    SELECT
        mentions.entity_id,
        count(DISTINCT mentions.article_id) AS articles
    FROM latest_mentions AS mentions
    SEMI JOIN naming USING (article_id)
    WHERE mentions.kind = 'place'
        AND mentions.published_on BETWEEN $since AND $until
        AND mentions.entity_id <> $entity
    GROUP BY mentions.entity_id
)
SELECT
    places.entity_id,
    places.name,
    places.country,
    places.latitude,
    places.longitude,
    named.articles,
    -- The distance on a sphere, by the haversine formula.
    2 * 6371 * asin(least(1, sqrt(
        power(sin(radians(places.latitude - $latitude) / 2), 2)
        + cos(radians($latitude)) * cos(radians(places.latitude))
        * power(sin(radians(places.longitude - $longitude) / 2), 2)
    ))) AS distance_km
FROM named
INNER JOIN entities AS places USING (entity_id)
WHERE places.latitude IS NOT NULL AND places.longitude IS NOT NULL
ORDER BY distance_km, places.name
LIMIT $most
