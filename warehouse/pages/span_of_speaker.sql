-- How often somebody is quoted and when, over all days and revisions; no row for nobody.
-- $speaker: the name.
SELECT
    count(*) AS statements,
    min(published_on) AS first_on,
    max(published_on) AS last_on
FROM quotations
WHERE speaker = $speaker
HAVING count(*) > 0
