-- How often was each place named, with coordinates for a map?
SELECT
    name,
    country,
    latitude,
    longitude,
    CAST(sum(mentions) AS BIGINT) AS mentions
FROM places
WHERE latitude IS NOT NULL
GROUP BY name, country, latitude, longitude
ORDER BY mentions DESC, name
LIMIT 20
