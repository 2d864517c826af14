-- Dunning 1993, "Accurate methods for the statistics of surprise and coincidence": twice the log of
-- the likelihood ratio of one rate for both spans of days against a rate for each. It is valid for
-- small counts, unlike the chi-squared statistic, whose distribution it has. 10.83 is reached
-- by chance once in a thousand names. The view has the newest day, the macro any other.
-- `trending_over` has any spans of days, `trending_on` those of the view.
CREATE OR REPLACE MACRO trending_over(reference_on, spans) AS TABLE
WITH windows AS (
    SELECT
        unnest(spans) AS days,
        CAST(reference_on AS DATE) AS ends_on
),
recent AS MATERIALIZED (
    SELECT
        article_id,
        published_on
    FROM latest_articles
    WHERE published_on BETWEEN CAST(reference_on AS DATE) - 34 AND CAST(reference_on AS DATE)
),
-- A text that several publishers ran counts once, for its earliest article, as in `originals`. Only
-- the clusters of these days are looked at: to order all of them takes seconds.
copied AS (
    SELECT
        members.article_id,
        row_number() OVER (
            PARTITION BY members.cluster_id
            ORDER BY
                coalesce(
                    articles.published_at
                    + CASE WHEN articles.published_precision = 'day' THEN INTERVAL 1 DAY ELSE INTERVAL 0 DAY END,
                    articles.fetched_at
                ),
                articles.fetched_at,
                articles.article_id
        ) = 1 AS is_earliest
    FROM cluster_members AS members
    INNER JOIN latest_articles AS articles USING (article_id)
    WHERE members.cluster_id IN (
        SELECT near.cluster_id
        FROM cluster_members AS near
        SEMI JOIN recent USING (article_id)
    )
),
compared AS MATERIALIZED (
    SELECT
        recent.article_id,
        recent.published_on
    FROM recent
    ANTI JOIN copied
        ON copied.article_id = recent.article_id
        AND NOT copied.is_earliest
),
texts AS (
    SELECT
        windows.days,
        count(*) FILTER (compared.published_on > windows.ends_on - windows.days) AS recent,
        count(*) FILTER (compared.published_on <= windows.ends_on - windows.days) AS past
    FROM windows
    INNER JOIN compared
        ON compared.published_on BETWEEN windows.ends_on - windows.days - 27 AND windows.ends_on
    GROUP BY windows.days
),
subjects AS NOT MATERIALIZED (
    SELECT
        'phrase' AS kind,
        phrases.phrase AS name,
        phrases.published_on,
        phrases.source_id,
        phrases.article_id
    FROM latest_keyphrases AS phrases
    SEMI JOIN compared USING (article_id)
    WHERE phrases.entity_id IS NULL
        AND phrases.published_on BETWEEN CAST(reference_on AS DATE) - 34 AND CAST(reference_on AS DATE)
    UNION ALL
    SELECT
        'entity' AS kind,
        entities.name,
        mentions.published_on,
        mentions.source_id,
        mentions.article_id
    FROM latest_mentions AS mentions
    SEMI JOIN compared USING (article_id)
    INNER JOIN entities USING (entity_id)
    WHERE (entities.kind <> 'person' OR contains(entities.name, ' '))
        AND mentions.published_on BETWEEN CAST(reference_on AS DATE) - 34 AND CAST(reference_on AS DATE)
    UNION ALL
    SELECT
        'speaker' AS kind,
        quotations.speaker_name AS name,
        quotations.published_on,
        quotations.source_id,
        quotations.article_id
    FROM latest_quotations AS quotations
    SEMI JOIN compared USING (article_id)
    WHERE quotations.act = 'speech' AND contains(quotations.speaker_name, ' ')
        AND quotations.published_on BETWEEN CAST(reference_on AS DATE) - 34 AND CAST(reference_on AS DATE)
),
-- Few names are in three articles of the newest days; only their earlier days are counted.
candidates AS MATERIALIZED (
    SELECT
        kind,
        name
    FROM subjects
    WHERE published_on > CAST(reference_on AS DATE) - list_max(spans)
    GROUP BY kind, name
    HAVING count(DISTINCT article_id) >= 3
),
daily AS (
    SELECT
        kind,
        name,
        published_on,
        count(DISTINCT article_id) AS articles,
        list(DISTINCT source_id) FILTER (published_on > CAST(reference_on AS DATE) - list_max(spans)) AS sources
    FROM subjects
    SEMI JOIN candidates USING (kind, name)
    GROUP BY kind, name, published_on
),
counted AS (
    SELECT
        daily.kind,
        daily.name,
        windows.days,
        windows.ends_on,
        sum(daily.articles) FILTER (daily.published_on > windows.ends_on - windows.days) AS articles,
        coalesce(sum(daily.articles) FILTER (daily.published_on <= windows.ends_on - windows.days), 0)
            AS articles_before,
        len(list_distinct(flatten(list(daily.sources)
            FILTER (daily.published_on > windows.ends_on - windows.days)))) AS sources
    FROM windows
    INNER JOIN daily
        ON daily.published_on BETWEEN windows.ends_on - windows.days - 27 AND windows.ends_on
    GROUP BY daily.kind, daily.name, windows.days, windows.ends_on
    HAVING sum(daily.articles) FILTER (daily.published_on > windows.ends_on - windows.days) >= 3
),
expected AS (
    SELECT
        counted.kind,
        counted.name,
        counted.days,
        counted.ends_on,
        counted.articles,
        counted.articles_before,
        counted.sources,
        texts.recent,
        texts.past,
        texts.recent * (counted.articles + counted.articles_before) / (texts.recent + texts.past) AS with_name,
        texts.past * (counted.articles + counted.articles_before) / (texts.recent + texts.past) AS with_name_before
    FROM counted
    INNER JOIN texts USING (days)
    WHERE counted.articles * texts.past > counted.articles_before * texts.recent
),
scored AS (
    SELECT
        kind,
        name,
        days,
        ends_on,
        articles,
        articles_before,
        sources,
        recent,
        past,
        2 * (
            articles * ln(articles / with_name)
            + CASE WHEN articles_before > 0 THEN articles_before * ln(articles_before / with_name_before) ELSE 0 END
            + CASE WHEN recent > articles THEN (recent - articles) * ln((recent - articles) / (recent - with_name)) ELSE 0 END
            + CASE
                WHEN past > articles_before
                    THEN (past - articles_before) * ln((past - articles_before) / (past - with_name_before))
                ELSE 0
            END
        ) AS score
    FROM expected
)
SELECT
    kind,
    name,
    days,
    CAST(articles AS BIGINT) AS articles,
    sources,
    articles_before * days / 28 AS mean_before,
    CAST(articles_before AS BIGINT) AS articles_before,
    recent * articles_before / past AS expected,
    score,
    ends_on - days + 1 AS starts_on,
    ends_on
FROM scored
WHERE score >= 10.83;

CREATE OR REPLACE MACRO trending_on(reference_on) AS TABLE
FROM trending_over(reference_on, [1, 7]);

CREATE OR REPLACE VIEW trending AS
SELECT
    kind,
    name,
    days,
    articles,
    sources,
    mean_before,
    articles_before,
    expected,
    score,
    starts_on,
    ends_on
FROM trending_on((SELECT max(published_on) FROM latest_articles WHERE published_on <= current_date));
COMMENT ON VIEW trending IS 'Keyphrases, entities and speakers in many more texts of the newest day, or of the newest 7 days, than in the 28 days before; trending_on(DATE) has the same for another day';
COMMENT ON COLUMN trending.kind IS 'phrase (a keyphrase that is no name), entity or speaker';
COMMENT ON COLUMN trending.name IS 'The phrase, the name of the entity, or the full name of the speaker';
COMMENT ON COLUMN trending.days IS 'Length of the newest span in days: 1 or 7';
COMMENT ON COLUMN trending.articles IS 'Texts of those days with it; copies of a text count once';
COMMENT ON COLUMN trending.sources IS 'Publishers of those texts';
COMMENT ON COLUMN trending.mean_before IS 'Mean of the 28 days before, for a span of the same length';
COMMENT ON COLUMN trending.articles_before IS 'Texts with it in the 28 days before';
COMMENT ON COLUMN trending.expected IS 'Texts that would have it now if its share of all texts were that of the 28 days before';
COMMENT ON COLUMN trending.score IS 'Log-likelihood ratio of the change (Dunning 1993); 10.83 is reached by chance once in 1,000 names, higher is surer';
COMMENT ON COLUMN trending.starts_on IS 'First day of the newest span';
COMMENT ON COLUMN trending.ends_on IS 'Last day of the newest span';
