-- Only a revision after the first one can be newer, so the join reads only those.
CREATE OR REPLACE VIEW latest_articles AS
SELECT
    articles.article_id,
    articles.revision,
    articles.revision_cause,
    articles.document_id,
    articles.source_id,
    coalesce(articles.url, articles.canonical_url) AS url,
    articles.canonical_url,
    articles.title,
    articles.alternative_titles,
    articles.authors,
    articles.published_on,
    articles.published_at,
    articles.published_from,
    articles.published_precision,
    articles.published_confidence,
    articles.modified_at,
    articles.language,
    articles.publisher,
    articles.description,
    articles.image_url,
    articles.section,
    articles.tags,
    articles.agency,
    articles.dateline,
    articles.text,
    articles.words,
    articles.extractor,
    articles.extractor_version,
    articles.page_type,
    articles.next_page_url,
    articles.flags,
    articles.original_url,
    articles.fetched_at
FROM articles
ANTI JOIN later_revisions AS newer
    ON newer.article_id = articles.article_id
    AND newer.revision > articles.revision;
COMMENT ON VIEW latest_articles IS 'The newest revision of each article';
COMMENT ON COLUMN latest_articles.url IS 'URL it was fetched from, without tracking parameters, otherwise its canonical URL; NULL if it has neither';
