-- The statements that several articles of a day have, each as it was worded first.
-- $day: the day; $most: how many statements.
WITH told AS (
    SELECT
        coalesce(wordings.statement_id, quotations.fingerprint) AS statement_id,
        quotations.speaker,
        arg_min(quotations.speaker_role, quotations.published_at) AS speaker_role,
        arg_min(quotations.statement, quotations.published_at) AS statement,
        arg_min(quotations.article_id, quotations.published_at) AS article_id,
        count(DISTINCT quotations.article_id) AS articles,
        count(DISTINCT quotations.source_id) AS sources,
        count(DISTINCT quotations.fingerprint) AS wordings
    FROM latest_quotations AS quotations
    LEFT JOIN current_wordings AS wordings
        ON wordings.fingerprint = quotations.fingerprint
        AND wordings.speaker = quotations.speaker
    WHERE quotations.published_on = $day
        AND quotations.act = 'speech'
        AND quotations.fingerprint IS NOT NULL
        AND quotations.speaker IS NOT NULL
    GROUP BY coalesce(wordings.statement_id, quotations.fingerprint), quotations.speaker
    HAVING count(DISTINCT quotations.article_id) > 1
    ORDER BY sources DESC, articles DESC, statement_id
    LIMIT $most
)
SELECT
    told.statement_id,
    told.speaker,
    told.speaker_role,
    told.statement,
    told.article_id,
    told.articles,
    told.sources,
    told.wordings,
    articles.title,
    articles.language,
    articles.source_id,
    articles.published_on
FROM told
INNER JOIN latest_articles AS articles USING (article_id)
ORDER BY told.sources DESC, told.articles DESC, told.statement_id
