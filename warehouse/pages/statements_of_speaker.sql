-- What a speaker said, the newest first.
-- $speaker: the name; $bare: the last name if it stands for them, NULL otherwise; $weeks: where it
-- does, as sources with the Monday of a week; $since, $until: the days;
-- $outlet: part of the name of a source in small letters, '' for any; $act: speech, attitude or plan,
-- '' for any; $most and $skip: how many, and how many before them.
WITH said AS (
    SELECT
        article_id,
        revision,
        start_char,
        statement,
        kind,
        act,
        medium,
        speaker,
        speaker_role,
        confidence,
        fingerprint,
        source_id,
        published_on,
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
        AND contains(lower(source_id), $outlet)
        AND ($act = '' OR act = $act)
    ORDER BY published_at DESC NULLS LAST, article_id, start_char
    LIMIT $most
    OFFSET $skip
),
-- A wording may be found twice if its articles are analysed again; the first row counts.
wordings AS (
    SELECT
        found.fingerprint,
        found.speaker,
        min_by(found.statement_id, found.rowid) AS statement_id
    FROM statement_wordings AS found
    WHERE found.fingerprint IN (SELECT said.fingerprint FROM said)
    GROUP BY found.fingerprint, found.speaker
)
SELECT
    said.article_id,
    said.start_char,
    said.statement,
    said.kind,
    said.act,
    said.medium,
    said.speaker,
    said.speaker_role,
    said.confidence,
    coalesce(wordings.statement_id, said.fingerprint) AS statement_id,
    said.source_id,
    said.published_on,
    said.published_at,
    articles.title,
    articles.language
FROM said
INNER JOIN articles
    ON articles.article_id = said.article_id
    AND articles.revision = said.revision
    AND articles.published_on BETWEEN $since AND $until
LEFT JOIN wordings
    ON wordings.fingerprint = said.fingerprint
    AND wordings.speaker = said.speaker
ORDER BY said.published_at DESC NULLS LAST, said.article_id, said.start_char
