-- The statements of some articles, each with its words and article.
-- $articles: keys of the articles; $since, $until: the days on which they were published.
WITH said AS (
    SELECT
        quotations.article_id,
        quotations.revision,
        quotations.start_char,
        quotations.end_char,
        quotations.confidence,
        quotations.statement,
        quotations.kind,
        quotations.act,
        quotations.medium,
        quotations.speaker,
        quotations.speaker_role,
        quotations.fingerprint,
        quotations.source_id,
        quotations.published_on
    FROM latest_quotations AS quotations
    WHERE quotations.published_on BETWEEN $since AND $until
        AND list_contains($articles, quotations.article_id)
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
    said.revision,
    said.start_char,
    said.end_char,
    said.confidence,
    said.statement,
    said.kind,
    said.act,
    said.medium,
    said.speaker,
    said.speaker_role,
    said.source_id,
    said.published_on,
    coalesce(wordings.statement_id, said.fingerprint) AS statement_id,
    articles.title,
    articles.language
FROM said
INNER JOIN articles
    ON articles.article_id = said.article_id
    AND articles.revision = said.revision
    AND articles.published_on BETWEEN $since AND $until
    AND list_contains($articles, articles.article_id)
LEFT JOIN wordings
    ON wordings.fingerprint = said.fingerprint
    AND wordings.speaker = said.speaker
ORDER BY said.article_id, said.start_char
