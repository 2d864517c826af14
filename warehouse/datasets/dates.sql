SELECT
    dates.article_id,
    dates.revision,
    dates.start_char,
    dates.end_char,
    dates.paragraph,
    dates.source_id,
    dates.published_on,
    dates.type,
    dates.value,
    dates.starts_on,
    dates.ends_on,
    dates.text,
    dates.anchor,
    dates.confidence,
    dates.transform_version
FROM latest_date_mentions AS dates
