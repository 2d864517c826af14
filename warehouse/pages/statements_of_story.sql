-- The statements of a story, the most repeated first, each as it was worded first.
-- $story: its key; $since, $until: the days of its articles; $most: how many.
WITH said AS (
    SELECT
        quotations.article_id,
        quotations.source_id,
        quotations.published_at,
        quotations.speaker,
        quotations.speaker_role,
        quotations.statement,
        quotations.fingerprint
    FROM latest_quotations AS quotations
    INNER JOIN current_story_members AS members USING (article_id)
    WHERE members.story_id = $story
        AND quotations.published_on BETWEEN $since AND $until
        AND quotations.act = 'speech'
        AND quotations.fingerprint IS NOT NULL
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
),
told AS (
    SELECT
        coalesce(wordings.statement_id, said.fingerprint) AS statement_id,
        said.speaker,
        arg_min(said.speaker_role, said.published_at) AS speaker_role,
        arg_min(said.statement, said.published_at) AS statement,
        arg_min(said.article_id, said.published_at) AS article_id,
        arg_min(said.source_id, said.published_at) AS source_id,
        min(said.published_at) AS first_at,
        max(said.published_at) AS last_at,
        count(DISTINCT said.article_id) AS articles,
        count(DISTINCT said.source_id) AS sources,
        count(DISTINCT said.fingerprint) AS wordings
    FROM said
    LEFT JOIN wordings
        ON wordings.fingerprint = said.fingerprint
        AND wordings.speaker = said.speaker
    GROUP BY coalesce(wordings.statement_id, said.fingerprint), said.speaker
    ORDER BY sources DESC, articles DESC, first_at, statement_id
    LIMIT $most
)
SELECT
    told.statement_id,
    told.speaker,
    told.speaker_role,
    told.statement,
    told.article_id,
    told.source_id,
    told.first_at,
    told.last_at,
    told.articles,
    told.sources,
    told.wordings,
    articles.title,
    articles.language,
    articles.published_on
FROM told
INNER JOIN latest_articles AS articles USING (article_id)
WHERE articles.published_on BETWEEN $since AND $until
ORDER BY told.sources DESC, told.articles DESC, told.first_at, told.statement_id
