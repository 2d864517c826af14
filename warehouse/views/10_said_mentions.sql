-- Names between the pieces of an interrupted statement ("..., Holm told the Gazette, ...") are not
-- part of it. The lists of pieces are searched last, and only if a statement has several.
CREATE OR REPLACE VIEW said_mentions AS
SELECT
    quotations.speaker,
    entities.name,
    quotations.statement,
    quotations.published_on,
    quotations.published_at,
    quotations.source_id,
    articles.title,
    coalesce(articles.url, articles.canonical_url) AS url,
    quotations.speaker_role,
    quotations.kind,
    quotations.medium,
    quotations.reported_by,
    quotations.confidence,
    mentions.text AS mention_text,
    mentions.kind AS mention_kind,
    mentions.confidence AS mention_confidence,
    quotations.speaker_entity_id,
    mentions.entity_id,
    quotations.fingerprint,
    quotations.article_id,
    quotations.revision,
    quotations.paragraph,
    quotations.start_char,
    quotations.end_char,
    mentions.start_char AS mention_start_char,
    mentions.end_char AS mention_end_char
FROM latest_quotations AS quotations
INNER JOIN mentions
    ON mentions.article_id = quotations.article_id
    AND mentions.revision = quotations.revision
    AND mentions.start_char >= quotations.start_char
    AND mentions.end_char <= quotations.end_char
INNER JOIN entities ON entities.entity_id = mentions.entity_id
INNER JOIN articles
    ON articles.article_id = quotations.article_id
    AND articles.revision = quotations.revision
ANTI JOIN analyses AS replacing
    ON replacing.replaces_batch_id IS NOT NULL
    AND replacing.transform = 'mentions'
    AND replacing.replaces_batch_id = mentions.batch_id
    AND replacing.article_id = mentions.article_id
    AND replacing.revision = mentions.revision
WHERE quotations.act = 'speech'
    AND (
        len(quotations.fragments) = 1
        OR len([
            1 FOR fragment IN quotations.fragments
            IF mentions.start_char >= fragment[1] AND mentions.end_char <= fragment[2]
        ]) > 0
    );
COMMENT ON VIEW said_mentions IS 'One row per statement and name inside it, with its speaker; names between the pieces of an interrupted statement are left out';
COMMENT ON COLUMN said_mentions.url IS 'URL it was fetched from, without tracking parameters, otherwise its canonical URL; NULL if it has neither';
COMMENT ON COLUMN said_mentions.speaker IS 'Speaker resolved within the article, otherwise as written; NULL if nobody is named';
COMMENT ON COLUMN said_mentions.name IS 'Canonical name of the entity that the statement mentions';
COMMENT ON COLUMN said_mentions.kind IS 'Kind of the statement: direct, mixed (a clause that contains quotation marks) or indirect';
COMMENT ON COLUMN said_mentions.confidence IS 'Expected share of correct attributions among similar ones, 0 to 1';
COMMENT ON COLUMN said_mentions.mention_text IS 'Name as written';
COMMENT ON COLUMN said_mentions.mention_kind IS 'Kind of the name: person, organization, place, event or product';
COMMENT ON COLUMN said_mentions.mention_confidence IS 'Expected share of correct mentions among similar ones, 0 to 1';
COMMENT ON COLUMN said_mentions.entity_id IS 'Entity that the name stands for';
COMMENT ON COLUMN said_mentions.mention_start_char IS 'First character of the name in articles.text';
COMMENT ON COLUMN said_mentions.mention_end_char IS 'One past the last character of the name';
