WITH matches AS (
{articles})
SELECT article_id, revision, start_char, published_on, source_id, speaker, statement
FROM latest_quotations
SEMI JOIN matches USING (article_id, revision)
WHERE coalesce(act, 'speech') = 'speech'
    AND {condition}
ORDER BY published_on DESC NULLS LAST, article_id, start_char
