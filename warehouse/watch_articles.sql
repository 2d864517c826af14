-- Copies the newest revisions of articles, with their statements and names, into the database `snapshot`
-- in memory, where the search looks for them. The variable `batches` lists the batches whose articles are
-- meant, `joined` the keys of articles; one of them is empty. What a newer version of a transform found in
-- known articles is not news.
CREATE OR REPLACE TABLE snapshot.articles AS
SELECT
    articles.article_id,
    articles.revision,
    articles.source_id,
    articles.published_on,
    articles.published_at,
    articles.language,
    coalesce(articles.url, articles.canonical_url) AS url,
    articles.title,
    articles.text,
    articles.page_type
FROM main.articles AS articles
SEMI JOIN (
    SELECT article_id, revision
    FROM main.articles
    WHERE batch_id IN (SELECT unnest(getvariable('batches'))) AND revision_cause <> 'reprocessed'
    UNION ALL
    SELECT article_id, revision
    FROM main.articles
    WHERE article_id IN (SELECT unnest(getvariable('joined')))
) AS meant
    ON meant.article_id = articles.article_id
    AND meant.revision = articles.revision
ANTI JOIN main.articles AS newer
    ON newer.revision > 1
    AND newer.article_id = articles.article_id
    AND newer.revision > articles.revision;

CREATE OR REPLACE VIEW snapshot.latest_articles AS
SELECT article_id, revision, source_id, published_on, published_at, language, url, title FROM snapshot.articles;

CREATE OR REPLACE TABLE snapshot.latest_quotations AS
SELECT
    quotations.article_id,
    quotations.revision,
    quotations.start_char,
    quotations.speaker,
    quotations.statement,
    quotations.fingerprint,
    quotations.act
FROM main.latest_quotations AS quotations
SEMI JOIN snapshot.articles AS meant ON meant.article_id = quotations.article_id;

CREATE OR REPLACE TABLE snapshot.latest_mentions AS
SELECT mentions.article_id, mentions.revision, mentions.entity_id, mentions.text
FROM main.latest_mentions AS mentions
SEMI JOIN snapshot.articles AS meant ON meant.article_id = mentions.article_id;

CREATE OR REPLACE TABLE snapshot.entities AS
SELECT entities.entity_id, entities.name, entities.aliases
FROM main.entities AS entities
SEMI JOIN snapshot.latest_mentions AS named ON named.entity_id = entities.entity_id;

CREATE OR REPLACE TABLE snapshot.latest_topics AS
SELECT topics.article_id, topics.revision, topics.topic
FROM main.latest_topics AS topics
SEMI JOIN snapshot.articles AS meant ON meant.article_id = topics.article_id;
