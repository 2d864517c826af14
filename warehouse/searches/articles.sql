WITH plain AS (
    SELECT
        article_id,
        revision,
        published_on,
        source_id,
        language,
        url,
        title AS headline,
        coalesce(strip_accents(lower(nfc_normalize(title))), '') AS title,
        strip_accents(lower(nfc_normalize(text))) AS text
    FROM latest_articles
)
SELECT article_id, revision, published_on, source_id, headline, url
FROM plain
WHERE {condition}
ORDER BY published_on DESC NULLS LAST, article_id
