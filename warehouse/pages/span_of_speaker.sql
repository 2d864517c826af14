-- How often somebody is quoted and when, over all days; no row for nobody.
-- $speaker: the name.
SELECT
    count(*) AS statements,
    min(published_on) AS first_on,
    max(published_on) AS last_on
FROM latest_quotations
WHERE speaker = $speaker
HAVING count(*) > 0
