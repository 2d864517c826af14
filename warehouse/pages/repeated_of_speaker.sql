-- What several articles repeat of a speaker, the most outlets first, each as it was worded first.
-- $speaker: the name; $bare: the last name if it stands for them, NULL otherwise; $weeks: where it
-- does, as sources with the Monday of a week; $since, $until: the days;
-- $most: how many.
WITH said AS (
    SELECT
        article_id,
        source_id,
        speaker,
        fingerprint,
        statement,
        published_at
    FROM latest_quotations
    WHERE published_on BETWEEN $since AND $until
    AND (
        speaker = $speaker
        OR (
            speaker = $bare
            AND list_contains($weeks, source_id || ' ' || CAST(CAST(date_trunc('week', published_on) AS DATE) AS VARCHAR))
        )
    )
        AND act = 'speech'
        AND fingerprint IS NOT NULL
),
wordings AS (
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
    arg_min(said.statement, said.published_at) AS statement,
    count(DISTINCT said.article_id) AS articles,
    count(DISTINCT said.source_id) AS sources,
    count(DISTINCT said.fingerprint) AS wordings,
    min(said.published_at) AS first_at
FROM said
LEFT JOIN wordings
    ON wordings.fingerprint = said.fingerprint
    AND wordings.speaker = said.speaker
GROUP BY coalesce(wordings.statement_id, said.fingerprint)
HAVING count(DISTINCT said.article_id) > 1
ORDER BY sources DESC, articles DESC, first_at DESC, statement_id
LIMIT $most
