-- Who said what: five statements with the longest known roles first to show roles.
SELECT speaker, speaker_role AS role, statement, strftime(published_at, '%Y-%m-%d') AS published
FROM said
LIMIT 5
