CREATE OR REPLACE VIEW latest_keyphrases AS
SELECT
    keyphrases.article_id,
    keyphrases.revision,
    keyphrases.phrase,
    keyphrases.score,
    keyphrases.occurrences,
    keyphrases.entity_id,
    keyphrases.paragraph,
    keyphrases.start_char,
    keyphrases.end_char,
    keyphrases.published_on,
    keyphrases.published_at,
    keyphrases.source_id,
    keyphrases.transform_version
FROM keyphrases
ANTI JOIN analyses AS replacing
    ON replacing.replaces_batch_id IS NOT NULL
    AND replacing.transform = 'keyphrases'
    AND replacing.replaces_batch_id = keyphrases.batch_id
    AND replacing.article_id = keyphrases.article_id
    AND replacing.revision = keyphrases.revision
ANTI JOIN articles AS newer
    ON newer.revision > 1
    AND newer.article_id = keyphrases.article_id
    AND newer.revision > keyphrases.revision;
COMMENT ON VIEW latest_keyphrases IS 'Phrases that say what the newest revision of each article is about, by the newest transform';

CREATE OR REPLACE VIEW latest_topics AS
SELECT
    article_topics.article_id,
    article_topics.revision,
    article_topics.topic_code,
    article_topics.topic,
    article_topics.level,
    article_topics.broader_code,
    article_topics.score,
    article_topics.evidence,
    [one.term FOR one IN article_topics.evidence] AS evidence_terms,
    article_topics.published_on,
    article_topics.published_at,
    article_topics.source_id,
    article_topics.transform_version
FROM article_topics
ANTI JOIN analyses AS replacing
    ON replacing.replaces_batch_id IS NOT NULL
    AND replacing.transform = 'topics'
    AND replacing.replaces_batch_id = article_topics.batch_id
    AND replacing.article_id = article_topics.article_id
    AND replacing.revision = article_topics.revision
ANTI JOIN articles AS newer
    ON newer.revision > 1
    AND newer.article_id = article_topics.article_id
    AND newer.revision > article_topics.revision;
COMMENT ON VIEW latest_topics IS 'Topics of the newest revision of each article, by the newest transform';
COMMENT ON COLUMN latest_topics.evidence_terms IS 'Terms that it was found by, best first';

CREATE OR REPLACE VIEW topics_daily AS
WITH days AS (
    SELECT
        published_on,
        count(*) AS articles
    FROM latest_articles
    WHERE published_on IS NOT NULL
    GROUP BY published_on
)
SELECT
    topics.published_on,
    topics.topic,
    topics.topic_code,
    topics.level,
    count(*) AS articles,
    count(*) / any_value(days.articles) AS share,
    count(DISTINCT topics.source_id) AS sources
FROM latest_topics AS topics
INNER JOIN days USING (published_on)
GROUP BY
    topics.published_on,
    topics.topic,
    topics.topic_code,
    topics.level;
COMMENT ON VIEW topics_daily IS 'One row per topic and day, with counts of its articles';
COMMENT ON COLUMN topics_daily.articles IS 'Articles of the day with this topic; an article may have several';
COMMENT ON COLUMN topics_daily.share IS 'Share of all articles of the day, 0 to 1';
COMMENT ON COLUMN topics_daily.sources IS 'Publishers of those articles';
