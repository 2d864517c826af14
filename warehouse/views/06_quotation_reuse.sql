CREATE OR REPLACE VIEW quotation_reuse AS
SELECT
    quotations.speaker,
    arg_min(quotations.statement, quotations.published_at) AS statement,
    count(DISTINCT quotations.article_id) AS articles,
    count(DISTINCT quotations.source_id) AS sources,
    arg_min(quotations.source_id, quotations.published_at) AS first_source_id,
    min(quotations.published_at) AS first_at,
    max(quotations.published_at) AS last_at,
    arg_min(quotations.article_id, quotations.published_at) AS first_article_id,
    list_sort(list(DISTINCT quotations.statement)) AS wordings,
    quotations.fingerprint
FROM latest_quotations AS quotations
WHERE quotations.fingerprint IS NOT NULL AND quotations.act = 'speech'
GROUP BY
    quotations.fingerprint,
    quotations.speaker
HAVING count(DISTINCT quotations.article_id) > 1;
COMMENT ON VIEW quotation_reuse IS 'One row per statement that more than one article quotes from the same speaker in the same words';
COMMENT ON COLUMN quotation_reuse.speaker IS 'Speaker resolved within the article, otherwise as written';
COMMENT ON COLUMN quotation_reuse.statement IS 'The statement as written in the first article';
COMMENT ON COLUMN quotation_reuse.articles IS 'Articles that quote it';
COMMENT ON COLUMN quotation_reuse.sources IS 'Publishers of those articles';
COMMENT ON COLUMN quotation_reuse.first_source_id IS 'Publisher of the first of those articles';
COMMENT ON COLUMN quotation_reuse.first_at IS 'When the first of those articles was published, UTC';
COMMENT ON COLUMN quotation_reuse.last_at IS 'When the last of those articles was published, UTC';
COMMENT ON COLUMN quotation_reuse.first_article_id IS 'The first of those articles';
COMMENT ON COLUMN quotation_reuse.wordings IS 'All spellings of the statement, with its quotation marks and punctuation';
