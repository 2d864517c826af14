SELECT
    dates.article_id,
    dates.revision,
    articles.source_id,
    articles.published_at,
    dates.type,
    dates.value,
    dates.starts_on,
    dates.ends_on,
    dates.text,
    dates.anchor,
    dates.confidence,
    dates.start_char,
    dates.end_char
FROM latest_date_mentions AS dates
INNER JOIN articles USING (article_id, revision)
