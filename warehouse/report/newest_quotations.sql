-- One per article, so that a long interview does not fill the page; the speaker's own words first.
-- Each piece of a statement comes with the words that lead to it, which are not the speaker's.
SELECT
    quotations.speaker_name AS speaker,
    quotations.speaker_role,
    articles.published_at,
    articles.source_id,
    articles.title,
    articles.url,
    [
        {
            'before': articles.text[
                CASE
                    WHEN piece = 1 THEN greatest(quotations.start_char - 160, 0)
                    ELSE quotations.fragments[piece - 1][2]
                END + 1 : quotations.fragments[piece][1]
            ],
            'words': articles.text[quotations.fragments[piece][1] + 1 : quotations.fragments[piece][2]]
        }
        FOR piece IN range(1, len(quotations.fragments) + 1)
    ] AS pieces,
    articles.text[quotations.end_char + 1 : quotations.end_char + 160] AS after,
    quotations.start_char > 160 AS is_cut_before,
    quotations.end_char + 160 < length(articles.text) AS is_cut_after
FROM latest_quotations AS quotations
INNER JOIN articles ON articles.article_id = quotations.article_id
    AND articles.revision = quotations.revision
WHERE quotations.speaker_name IS NOT NULL
    AND quotations.act = 'speech'
    AND length(quotations.statement) >= 20
    AND quotations.end_char - quotations.start_char <= 1000
    AND CAST(articles.published_at AT TIME ZONE 'UTC' AS DATE) BETWEEN $first_on AND $last_on
QUALIFY row_number() OVER (
    PARTITION BY articles.article_id
    ORDER BY list_position(['direct', 'mixed', 'indirect'], quotations.kind), quotations.start_char
) = 1
ORDER BY articles.published_at DESC, articles.article_id
LIMIT 15
