-- One per article, so that a long interview does not fill the page.
SELECT
    quotations.speaker_name AS speaker,
    quotations.speaker_role,
    articles.published_at,
    articles.source_id,
    articles.title,
    articles.url,
    articles.text[greatest(quotations.start_char - 160, 0) + 1 : quotations.start_char] AS before,
    articles.text[quotations.start_char + 1 : quotations.end_char] AS statement,
    articles.text[quotations.end_char + 1 : quotations.end_char + 160] AS after,
    quotations.start_char > 160 AS is_cut_before,
    quotations.end_char + 160 < length(articles.text) AS is_cut_after
FROM latest_quotations AS quotations
INNER JOIN articles ON articles.article_id = quotations.article_id
    AND articles.revision = quotations.revision
WHERE quotations.speaker_name IS NOT NULL
    AND quotations.end_char - quotations.start_char BETWEEN 20 AND 1000
    AND CAST(articles.published_at AT TIME ZONE 'UTC' AS DATE) BETWEEN $first_on AND $last_on
QUALIFY row_number() OVER (
    PARTITION BY articles.article_id ORDER BY quotations.kind, quotations.start_char
) = 1
ORDER BY articles.published_at DESC, articles.article_id
LIMIT 15
