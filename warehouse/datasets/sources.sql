SELECT
    sources.source_id,
    sources.name,
    sources.home_url,
    sources.country,
    sources.language
FROM sources
SEMI JOIN latest_articles USING (source_id)
