SELECT
    mentions.article_id,
    mentions.revision,
    mentions.start_char,
    mentions.end_char,
    mentions.paragraph,
    mentions.source_id,
    mentions.published_on,
    mentions.entity_id,
    mentions.text,
    mentions.kind,
    mentions.confidence,
    mentions.candidates,
    mentions.transform_version
FROM latest_mentions AS mentions
