-- One per article, so that a long interview does not fill the page; the speaker's own words first.
-- Each piece of a statement comes with the words that lead to it, which are not the speaker's.
WITH newest AS (
    SELECT
        quotations.speaker_name,
        quotations.speaker_role,
        quotations.published_at,
        quotations.article_id,
        quotations.revision,
        quotations.start_char,
        quotations.end_char,
        quotations.fragments
    FROM latest_quotations AS quotations
    WHERE quotations.speaker_name IS NOT NULL
        AND quotations.act = 'speech'
        AND length(quotations.statement) >= 20
        AND quotations.end_char - quotations.start_char <= 1000
        AND quotations.published_on BETWEEN $first_on AND $last_on
    QUALIFY row_number() OVER (
        PARTITION BY quotations.article_id
        ORDER BY list_position(['direct', 'mixed', 'indirect'], quotations.kind), quotations.start_char
    ) = 1
    ORDER BY quotations.published_at DESC, quotations.article_id
    LIMIT 15
)
SELECT
    newest.speaker_name AS speaker,
    newest.speaker_role,
    newest.published_at,
    articles.source_id,
    articles.title,
    coalesce(articles.url, articles.canonical_url) AS url,
    [
        {
            'before': articles.text[
                CASE
                    WHEN piece = 1 THEN greatest(newest.start_char - 160, 0)
                    ELSE newest.fragments[piece - 1][2]
                END + 1 : newest.fragments[piece][1]
            ],
            'words': articles.text[newest.fragments[piece][1] + 1 : newest.fragments[piece][2]]
        }
        FOR piece IN range(1, len(newest.fragments) + 1)
    ] AS pieces,
    articles.text[newest.end_char + 1 : newest.end_char + 160] AS after,
    newest.start_char > 160 AS is_cut_before,
    newest.end_char + 160 < length(articles.text) AS is_cut_after
FROM newest
INNER JOIN articles USING (article_id, revision)
ORDER BY newest.published_at DESC, newest.article_id
