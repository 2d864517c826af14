-- The last names of the speakers in some batches, and the days of their statements. $batches: the
-- batches, as JSON.
SELECT
    lower(string_split(speaker, ' ')[-1]) AS last_name,
    min(published_on) AS first_on,
    max(published_on) AS last_on
FROM quotations
WHERE batch_id IN (SELECT unnest(from_json($batches, '["VARCHAR"]')))
    AND fingerprint IS NOT NULL
    AND speaker IS NOT NULL
    AND published_on IS NOT NULL
    AND coalesce(act, 'speech') = 'speech'
GROUP BY last_name
