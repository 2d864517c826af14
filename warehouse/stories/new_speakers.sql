-- The last names of the speakers in some batches, and the days of their statements. $batches: the
-- batches.
SELECT
    lower(string_split(speaker, ' ')[-1]) AS last_name,
    min(published_on) AS first_on,
    max(published_on) AS last_on
FROM quotations
WHERE list_contains($batches, batch_id)
    AND fingerprint IS NOT NULL
    AND speaker IS NOT NULL
    AND published_on IS NOT NULL
    AND coalesce(act, 'speech') = 'speech'
GROUP BY last_name
