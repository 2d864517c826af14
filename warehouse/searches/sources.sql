-- What is known of each source, by the first row about it.
SELECT source_id, name, home_url, country, language, first_seen_at
FROM snapshot.sources
QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY first_seen_at, name) = 1
ORDER BY source_id;
