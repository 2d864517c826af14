-- What was said about a person, organization or place?
-- To select a speaker, add: AND speaker = 'Name'. To select a subject, add: AND name = 'Name'.
SELECT DISTINCT
    speaker,
    name AS about,
    statement,
    published_on
FROM said_mentions
WHERE speaker IS NOT NULL
ORDER BY published_on DESC NULLS LAST, speaker, about, statement
LIMIT 20
