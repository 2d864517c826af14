-- What several articles repeat of a speaker, the most outlets first, each with its first place;
-- `statements_at_places` has the words.
-- `said_by`: the statements of the speaker, see `statements_of_speaker`; $speaker, $bare: the names
-- there; $most: how many.
WITH wordings AS (
    -- A wording may be found twice if its articles are analysed again; the first row counts.
    SELECT
        fingerprint,
        speaker,
        min_by(statement_id, statement_wordings.rowid) AS statement_id
    FROM statement_wordings
    WHERE speaker IN ($speaker, $bare)
    GROUP BY fingerprint, speaker
)
SELECT
    coalesce(wordings.statement_id, said.fingerprint) AS statement_id,
    arg_min(said.article_id, said.published_at) AS article_id,
    arg_min(said.start_char, said.published_at) AS start_char,
    min(said.published_on) AS published_on,
    min(said.published_at) AS first_at,
    count(DISTINCT said.article_id) AS articles,
    count(DISTINCT said.source_id) AS sources,
    count(DISTINCT said.fingerprint) AS wordings
FROM said_by AS said
LEFT JOIN wordings
    ON wordings.fingerprint = said.fingerprint
    AND wordings.speaker = said.speaker
WHERE said.act = 'speech' AND said.fingerprint IS NOT NULL
GROUP BY coalesce(wordings.statement_id, said.fingerprint)
HAVING count(DISTINCT said.article_id) > 1
ORDER BY sources DESC, articles DESC, first_at DESC, statement_id
LIMIT $most
