CREATE OR REPLACE VIEW timeline AS
SELECT
    dates.starts_on,
    dates.ends_on,
    dates.text,
    dates.type,
    dates.value,
    articles.title,
    dates.published_on,
    dates.published_at,
    dates.source_id,
    articles.url,
    dates.anchor,
    dates.confidence,
    dates.article_id,
    dates.revision,
    dates.paragraph,
    dates.start_char,
    dates.end_char
FROM latest_date_mentions AS dates
INNER JOIN articles USING (article_id, revision)
WHERE dates.starts_on IS NOT NULL;
COMMENT ON VIEW timeline IS 'What was written about which day: every temporal expression that spans known days';

CREATE OR REPLACE VIEW promised AS
SELECT
    quotations.speaker,
    quotations.text AS statement,
    dates.starts_on,
    dates.ends_on,
    dates.text AS date_text,
    dates.start_char >= quotations.start_char AND dates.end_char <= quotations.end_char AS is_inside,
    dates.published_on,
    dates.published_at,
    dates.source_id,
    articles.title,
    articles.url,
    quotations.kind,
    quotations.confidence,
    quotations.article_id,
    quotations.revision,
    quotations.paragraph,
    quotations.start_char,
    quotations.end_char
FROM latest_date_mentions AS dates
INNER JOIN latest_quotations AS quotations
    ON quotations.article_id = dates.article_id
    AND quotations.revision = dates.revision
    AND quotations.paragraph = dates.paragraph
    AND quotations.published_on = dates.published_on
    AND quotations.source_id = dates.source_id
INNER JOIN articles
    ON articles.article_id = dates.article_id
    AND articles.revision = dates.revision
    AND articles.published_on = dates.published_on
WHERE dates.starts_on > dates.published_on;
COMMENT ON VIEW promised IS 'Statements with a day after their publication, inside them or beside them in the paragraph';
COMMENT ON COLUMN promised.speaker IS 'Source resolved within the article, else as written; NULL when nobody is named';
COMMENT ON COLUMN promised.statement IS 'What was said, as the article has it';
COMMENT ON COLUMN promised.date_text IS 'The day as the article names it';
COMMENT ON COLUMN promised.is_inside IS 'Whether the day is named within the statement, not beside it';
COMMENT ON COLUMN promised.starts_on IS 'First of the days named, after the day of publication';
COMMENT ON COLUMN promised.confidence IS 'Expected share of right attributions among such, 0 to 1';
COMMENT ON COLUMN promised.start_char IS 'First character of the statement in articles.text';
COMMENT ON COLUMN promised.end_char IS 'One past the last character of the statement';
