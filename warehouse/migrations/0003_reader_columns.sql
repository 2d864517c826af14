-- What readers filter by stands on the rows themselves: a day, a source or a paragraph of
-- millions of annotations is found without a join, and row groups outside it are skipped.

ALTER TABLE articles ADD COLUMN published_on DATE;
COMMENT ON COLUMN articles.published_on IS 'Day of published_at, UTC';
UPDATE articles SET published_on = CAST(published_at AT TIME ZONE 'UTC' AS DATE);

ALTER TABLE analyses ADD COLUMN replaces_batch_id VARCHAR;
COMMENT ON COLUMN analyses.replaces_batch_id IS 'Batch of the run of the same transform over the same revision that this one replaces, NULL for the first';

ALTER TABLE quotations ADD COLUMN speaker VARCHAR;
ALTER TABLE quotations ADD COLUMN paragraph INTEGER;
ALTER TABLE quotations ADD COLUMN published_at TIMESTAMPTZ;
ALTER TABLE quotations ADD COLUMN published_on DATE;
ALTER TABLE quotations ADD COLUMN source_id VARCHAR;
COMMENT ON COLUMN quotations.speaker IS 'speaker_name, else speaker_text; NULL when nobody is named';
COMMENT ON COLUMN quotations.paragraph IS 'Line of articles.text in which it begins, 1 for the first';
COMMENT ON COLUMN quotations.published_at IS 'When its article was published, UTC';
COMMENT ON COLUMN quotations.published_on IS 'Day of published_at, UTC';
COMMENT ON COLUMN quotations.source_id IS 'Publisher of its article';

ALTER TABLE mentions ADD COLUMN paragraph INTEGER;
ALTER TABLE mentions ADD COLUMN beside VARCHAR[];
ALTER TABLE mentions ADD COLUMN published_at TIMESTAMPTZ;
ALTER TABLE mentions ADD COLUMN published_on DATE;
ALTER TABLE mentions ADD COLUMN source_id VARCHAR;
COMMENT ON COLUMN mentions.paragraph IS 'Line of articles.text in which it begins, 1 for the first';
COMMENT ON COLUMN mentions.beside IS 'Other entities named in the same paragraph; NULL but for the first mention of the entity there';
COMMENT ON COLUMN mentions.published_at IS 'When its article was published, UTC';
COMMENT ON COLUMN mentions.published_on IS 'Day of published_at, UTC';
COMMENT ON COLUMN mentions.source_id IS 'Publisher of its article';

ALTER TABLE date_mentions ADD COLUMN paragraph INTEGER;
ALTER TABLE date_mentions ADD COLUMN published_at TIMESTAMPTZ;
ALTER TABLE date_mentions ADD COLUMN published_on DATE;
ALTER TABLE date_mentions ADD COLUMN source_id VARCHAR;
COMMENT ON COLUMN date_mentions.paragraph IS 'Line of articles.text in which it begins, 1 for the first';
COMMENT ON COLUMN date_mentions.published_at IS 'When its article was published, UTC';
COMMENT ON COLUMN date_mentions.published_on IS 'Day of published_at, UTC';
COMMENT ON COLUMN date_mentions.source_id IS 'Publisher of its article';

UPDATE quotations
SET
    speaker = coalesce(quotations.speaker_name, quotations.speaker_text),
    published_at = articles.published_at,
    published_on = articles.published_on,
    source_id = articles.source_id,
    paragraph = length(string_split(left(articles.text, quotations.start_char), chr(10)))
FROM articles
WHERE articles.article_id = quotations.article_id AND articles.revision = quotations.revision;

UPDATE mentions
SET
    published_at = articles.published_at,
    published_on = articles.published_on,
    source_id = articles.source_id,
    paragraph = length(string_split(left(articles.text, mentions.start_char), chr(10)))
FROM articles
WHERE articles.article_id = mentions.article_id AND articles.revision = mentions.revision;

UPDATE date_mentions
SET
    published_at = articles.published_at,
    published_on = articles.published_on,
    source_id = articles.source_id,
    paragraph = length(string_split(left(articles.text, date_mentions.start_char), chr(10)))
FROM articles
WHERE articles.article_id = date_mentions.article_id AND articles.revision = date_mentions.revision;

UPDATE mentions
SET beside = list_filter(named.entity_ids, lambda entity_id: entity_id != mentions.entity_id)
FROM (
    SELECT
        article_id,
        revision,
        batch_id,
        paragraph,
        list(DISTINCT entity_id ORDER BY entity_id) AS entity_ids,
        map_from_entries(list(DISTINCT {k: entity_id, v: first_char})) AS first_chars
    FROM (
        SELECT
            *,
            min(start_char) OVER (PARTITION BY article_id, revision, batch_id, paragraph, entity_id) AS first_char
        FROM mentions
    )
    GROUP BY article_id, revision, batch_id, paragraph
) AS named
WHERE
    named.article_id = mentions.article_id
    AND named.revision = mentions.revision
    AND named.batch_id = mentions.batch_id
    AND named.paragraph = mentions.paragraph
    AND named.first_chars[mentions.entity_id] = mentions.start_char;
