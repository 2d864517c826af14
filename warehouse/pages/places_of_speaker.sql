-- Where a speaker is quoted, the newest first; `statements_at_places` has the words.
-- `said_by`: the statements of the speaker, see `statements_of_speaker`; $outlet: part of the name of a
-- source in small letters, '' for any; $act: speech, attitude or plan, '' for any; $most and $skip: how
-- many, and how many before them.
SELECT
    article_id,
    start_char,
    published_on
FROM said_by
WHERE contains(lower(source_id), $outlet) AND ($act = '' OR act = $act)
ORDER BY published_at DESC NULLS LAST, article_id, start_char
LIMIT $most
OFFSET $skip
