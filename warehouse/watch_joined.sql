-- Copies the newest revisions of some articles into the database `snapshot` in memory, as watch_articles.sql
-- does for new ones. The variable `joined` lists the articles.
CREATE OR REPLACE TABLE snapshot.articles AS
SELECT
    articles.article_id,
    articles.revision,
    articles.source_id,
    articles.published_on,
    articles.published_at,
    articles.language,
    articles.url,
    articles.title,
    articles.text,
    articles.page_type
FROM main.latest_articles AS articles
WHERE articles.article_id IN (SELECT unnest(getvariable('joined')));

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
WHERE quotations.article_id IN (SELECT unnest(getvariable('joined')));

CREATE OR REPLACE TABLE snapshot.latest_mentions AS
SELECT mentions.article_id, mentions.revision, mentions.entity_id, mentions.text
FROM main.latest_mentions AS mentions
WHERE mentions.article_id IN (SELECT unnest(getvariable('joined')));

CREATE OR REPLACE TABLE snapshot.entities AS
SELECT entities.entity_id, entities.name, entities.aliases
FROM main.entities AS entities
SEMI JOIN snapshot.latest_mentions AS named ON named.entity_id = entities.entity_id;

CREATE OR REPLACE TABLE snapshot.latest_topics AS
SELECT topics.article_id, topics.revision, topics.topic
FROM main.latest_topics AS topics
WHERE topics.article_id IN (SELECT unnest(getvariable('joined')));
