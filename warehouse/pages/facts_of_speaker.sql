-- How much a speaker said, in how many outlets, and in which role at last.
-- `said_by`: the statements of the speaker, see `statements_of_speaker`.
SELECT
    count(*) FILTER (act = 'speech') AS statements,
    count(*) FILTER (act = 'attitude') AS attitudes,
    count(*) FILTER (act = 'plan') AS plans,
    count(DISTINCT source_id) AS sources,
    arg_max(speaker_role, published_at) AS speaker_role,
    arg_max(speaker_entity_id, published_at) AS entity_id
FROM said_by
