-- Copies the newest revisions of the articles of some batches, with their statements and names, into
-- the database `snapshot` in memory, where the search looks for them. The variable `batches` lists the
-- batches. What a newer version of a transform found in known articles is not news.
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
ANTI JOIN main.articles AS newer
    ON newer.revision > 1
    AND newer.article_id = articles.article_id
    AND newer.revision > articles.revision
WHERE articles.batch_id IN (SELECT unnest(getvariable('batches'))) AND articles.revision_cause <> 'reprocessed';

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
    coalesce(quotations.act, 'speech') AS act
FROM main.quotations AS quotations
SEMI JOIN snapshot.articles AS fresh
    ON fresh.article_id = quotations.article_id
    AND fresh.revision = quotations.revision
WHERE quotations.batch_id IN (SELECT unnest(getvariable('batches')));

CREATE OR REPLACE TABLE snapshot.latest_mentions AS
SELECT mentions.article_id, mentions.revision, mentions.entity_id, mentions.text
FROM main.mentions AS mentions
SEMI JOIN snapshot.articles AS fresh
    ON fresh.article_id = mentions.article_id
    AND fresh.revision = mentions.revision
WHERE mentions.batch_id IN (SELECT unnest(getvariable('batches')));

CREATE OR REPLACE TABLE snapshot.entities AS
SELECT entities.entity_id, entities.name, entities.aliases
FROM main.entities AS entities
SEMI JOIN snapshot.latest_mentions AS named ON named.entity_id = entities.entity_id;

CREATE OR REPLACE TABLE snapshot.latest_topics AS
SELECT topics.article_id, topics.revision, topics.topic
FROM main.article_topics AS topics
SEMI JOIN snapshot.articles AS fresh
    ON fresh.article_id = topics.article_id
    AND fresh.revision = topics.revision
WHERE topics.batch_id IN (SELECT unnest(getvariable('batches')));
