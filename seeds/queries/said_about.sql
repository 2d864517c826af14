-- What was said about a person, organization or place?
-- To select a speaker, add: AND said.speaker = 'Name'. To select a subject, add: AND mentioned.name = 'Name'.
SELECT DISTINCT
    said.speaker,
    mentioned.name AS about,
    said.statement,
    said.published_on
FROM said
INNER JOIN mentioned
    ON mentioned.article_id = said.article_id
    AND mentioned.revision = said.revision
    AND mentioned.start_char >= said.start_char
    AND mentioned.end_char <= said.end_char
WHERE said.speaker IS NOT NULL
ORDER BY said.published_on DESC NULLS LAST, said.speaker, about
LIMIT 20
