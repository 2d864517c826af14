-- Names as in `latest_mentions`, of the rows whose numbers the table `wanted_mentions` has.
SELECT
    mentions.article_id,
    mentions.revision,
    mentions.start_char,
    mentions.end_char,
    mentions.text,
    mentions.kind,
    mentions.entity_id,
    mentions.confidence,
    mentions.candidates,
    mentions.paragraph,
    mentions.beside,
    mentions.published_on,
    mentions.published_at,
    mentions.source_id,
    mentions.transform_version
FROM main.mentions AS mentions
SEMI JOIN wanted_mentions ON wanted_mentions.row = mentions.rowid
