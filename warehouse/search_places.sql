-- Fills the table `places` of an index: where each speaker, wording, entity and topic occurs in the newest
-- revision of each article, in which statements an entity is named, and where the article itself is. `key` is a number made of the value (see
-- `warehouse.search_places`), `row` the number of the row in its table of the snapshot, and `is_speech` tells
-- whether a statement was said. Sorted by key, so that a lookup reads only the row groups with its key.
-- The program fills in the condition that a row is of the month.
CREATE TABLE index.places AS
WITH said AS (
    SELECT
        quotations.rowid AS row,
        quotations.article_id,
        quotations.revision,
        quotations.speaker,
        quotations.speaker_entity_id,
        quotations.fingerprint,
        quotations.start_char,
        quotations.end_char,
        quotations.fragments,
        quotations.published_on,
        quotations.source_id,
        coalesce(quotations.act, 'speech') = 'speech' AS is_speech
    FROM snapshot.quotations AS quotations
    ANTI JOIN snapshot.analyses AS replacing
        ON replacing.replaces_batch_id IS NOT NULL
        AND replacing.transform = 'quotations'
        AND replacing.replaces_batch_id = quotations.batch_id
        AND replacing.article_id = quotations.article_id
        AND replacing.revision = quotations.revision
    WHERE {of_month}
),
named AS (
    SELECT
        mentions.rowid AS row,
        mentions.article_id,
        mentions.revision,
        mentions.entity_id,
        mentions.start_char,
        mentions.end_char,
        mentions.published_on,
        mentions.source_id
    FROM snapshot.mentions AS mentions
    ANTI JOIN snapshot.analyses AS replacing
        ON replacing.replaces_batch_id IS NOT NULL
        AND replacing.transform = 'mentions'
        AND replacing.replaces_batch_id = mentions.batch_id
        AND replacing.article_id = mentions.article_id
        AND replacing.revision = mentions.revision
    WHERE {of_month} AND mentions.entity_id IS NOT NULL
),
valued AS (
    SELECT
        'speaker ' || speaker AS value,
        row,
        article_id,
        revision,
        is_speech,
        published_on,
        source_id
    FROM said
    WHERE speaker IS NOT NULL
    UNION ALL
    SELECT
        'speaker_entity ' || speaker_entity_id AS value,
        row,
        article_id,
        revision,
        is_speech,
        published_on,
        source_id
    FROM said
    WHERE speaker_entity_id IS NOT NULL
    UNION ALL
    SELECT
        'wording ' || fingerprint AS value,
        row,
        article_id,
        revision,
        is_speech,
        published_on,
        source_id
    FROM said
    WHERE fingerprint IS NOT NULL
    UNION ALL
    SELECT
        'entity ' || entity_id AS value,
        row,
        article_id,
        revision,
        NULL AS is_speech,
        published_on,
        source_id
    FROM named
    UNION ALL
    -- Names between the pieces of an interrupted statement are not part of it.
    SELECT DISTINCT
        'about ' || named.entity_id AS value,
        said.row,
        said.article_id,
        said.revision,
        said.is_speech,
        said.published_on,
        said.source_id
    FROM named
    INNER JOIN said
        ON said.article_id = named.article_id
        AND said.revision = named.revision
        AND said.start_char <= named.start_char
        AND said.end_char >= named.end_char
    WHERE
        len(said.fragments) = 1
        OR len([
            1 FOR fragment IN said.fragments
            IF named.start_char >= fragment[1] AND named.end_char <= fragment[2]
        ]) > 0
    UNION ALL
    SELECT
        'topic ' || topics.topic_code AS value,
        topics.rowid AS row,
        topics.article_id,
        topics.revision,
        NULL AS is_speech,
        topics.published_on,
        topics.source_id
    FROM snapshot.article_topics AS topics
    ANTI JOIN snapshot.analyses AS replacing
        ON replacing.replaces_batch_id IS NOT NULL
        AND replacing.transform = 'topics'
        AND replacing.replaces_batch_id = topics.batch_id
        AND replacing.article_id = topics.article_id
        AND replacing.revision = topics.revision
    WHERE {of_month}
    UNION ALL
    SELECT
        'article ' || articles.article_id AS value,
        articles.rowid AS row,
        articles.article_id,
        articles.revision,
        NULL AS is_speech,
        articles.published_on,
        articles.source_id
    FROM snapshot.articles AS articles
    WHERE {of_month}
)
SELECT
    md5_number_lower(valued.value) AS key,
    documents.document,
    valued.row,
    valued.is_speech,
    valued.published_on,
    valued.source_id
FROM valued
LEFT JOIN index.documents AS documents
    ON documents.article_id = valued.article_id
    AND documents.revision = valued.revision
-- A statement that an edit removed is still known by its words.
WHERE documents.document IS NOT NULL OR starts_with(valued.value, 'wording ')
ORDER BY key, valued.published_on, valued.row;
